import { type Ref, ref } from "@aethyr/kernel";
import { describe, expect } from "vitest";
import type { Delivery } from "../bus.ts";
import {
  deal,
  enqueueAll,
  hall,
  hold,
  idsOf,
  limits,
  message,
  type OnBus,
  payload,
  range,
  rejectionOf,
  serveNoting,
  textOf,
  until,
} from "./support.ts";

export function queueLaneContract(onBus: OnBus): void {
  describe("queue lane", () => {
    onBus("a command arrives as it was sent", async (connect) => {
      const [sender, host] = [await connect(), await connect()];
      const { taken } = await serveNoting(host);
      const bytes = Uint8Array.from([0, 255, 0x80, 10]);
      await sender.enqueue({ id: "c:1.a", target: ref("word.game", "en.1"), bytes, contentType: "application/msgpack" });
      await until(() => expect(taken).toHaveLength(1));
      expect(taken[0]).toMatchObject({
        id: "c:1.a",
        target: ref("word.game", "en.1"),
        contentType: "application/msgpack",
        lane: "queue",
        attempt: 1,
      });
      expect([...(taken[0]?.bytes ?? [])]).toStrictEqual([...bytes]);
    });

    onBus("commands are kept while nobody serves, in order", async (connect) => {
      const sender = await connect();
      await enqueueAll(sender, ["a", "b", "c"]);
      await sender.close();
      const { taken } = await serveNoting(await connect());
      await until(() => expect(idsOf(taken)).toStrictEqual(["a", "b", "c"]));
      expect(taken.map((delivery) => delivery.attempt)).toStrictEqual([1, 1, 1]);
    });

    onBus("[G4] commands of one sender to one aggregate arrive in order, among others", async (connect) => {
      const [sender, host] = [await connect(), await connect()];
      const { taken } = await serveNoting(host);
      const total = 200;
      const sent = range(total).map((index) => ({ id: `c${index}`, target: ref("room", `r${(index * 7) % 5}`) }));
      // An acknowledgement takes effect a moment after it was given: with half a lane at a time there is room whatever that moment is.
      const half = 25;
      for (const part of range(total / half)) {
        const some = sent.slice(part * half, (part + 1) * half);
        await Promise.all(some.map(({ id, target }) => sender.enqueue(message(id, target))));
        await until(() => expect(taken.length).toBe((part + 1) * half));
      }
      for (const room of range(5).map((index) => `r${index}`)) {
        const order = idsOf(taken.filter((delivery) => delivery.target.id === room));
        expect(order).toStrictEqual(sent.filter(({ target }) => target.id === room).map(({ id }) => id));
      }
    });

    onBus("[G4] what a server did not acknowledge goes to the next one, in order, as a further attempt", async (connect) => {
      const [sender, host, next] = [await connect(), await connect(), await connect()];
      const first = await serveNoting(host, (delivery) => {
        if (delivery.id === "a" || delivery.id === "c") delivery.acknowledge();
      });
      await enqueueAll(sender, ["a", "b", "c", "d", "e"]);
      await until(() => expect(idsOf(first.taken)).toStrictEqual(["a", "b", "c", "d", "e"]));
      await first.close();
      const second = await serveNoting(next);
      await until(() => expect(idsOf(second.taken)).toStrictEqual(["b", "d", "e"]));
      for (const delivery of second.taken) expect(delivery.attempt).toBeGreaterThan(1);
    });

    onBus("[G4] what a lost connection did not acknowledge goes to the next server, before what came later", async (connect) => {
      const [sender, host] = [await connect(), await connect()];
      const first = await serveNoting(host, hold);
      await enqueueAll(sender, ["a", "b"]);
      await until(() => expect(first.taken).toHaveLength(2));
      await host.close();
      await enqueueAll(sender, ["c"]);
      const second = await serveNoting(await connect());
      await until(() => expect(idsOf(second.taken)).toStrictEqual(["a", "b", "c"]));
      expect(first.taken).toHaveLength(2);
    });

    onBus("what is acknowledged is not handed out again", async (connect) => {
      const [sender, host] = [await connect(), await connect()];
      const first = await serveNoting(host);
      await enqueueAll(sender, ["a", "b"]);
      await until(() => expect(first.taken).toHaveLength(2));
      await first.close();
      const second = await serveNoting(host);
      await enqueueAll(sender, ["marker"]);
      await until(() => expect(idsOf(second.taken)).toStrictEqual(["marker"]));
    });

    onBus("that a sender has sent a command before reaches the host, on both lanes", async (connect) => {
      const [sender, host] = [await connect(), await connect()];
      const { taken } = await serveNoting(host);
      await sender.enqueue(message("a"));
      await sender.enqueue({ ...message("b"), again: true });
      await until(() => expect(taken).toHaveLength(2));
      await sender.request(message("c"));
      await sender.request({ ...message("d"), again: true });
      expect(taken.map(({ id, again }) => [id, again])).toStrictEqual([
        ["a", undefined],
        ["b", true],
        ["c", undefined],
        ["d", true],
      ]);
    });

    onBus("a repeat of an id that the lane remembers is kept once", async (connect) => {
      const [sender, host] = [await connect(), await connect()];
      await enqueueAll(sender, ["a", "a"]);
      const { taken } = await serveNoting(host);
      await until(() => expect(taken).toHaveLength(1));
      await enqueueAll(sender, ["a", "marker"]);
      await until(() => expect(idsOf(taken)).toStrictEqual(["a", "marker"]));
    });

    onBus("the reply reaches the sender, once", async (connect) => {
      const [sender, host] = [await connect(), await connect()];
      const replies: string[] = [];
      const { taken } = await serveNoting(host, (delivery) => {
        deal(delivery);
        delivery.respond(payload("a second word"));
      });
      const onReply = (reply: Parameters<Delivery["respond"]>[0]): void => void replies.push(textOf(reply));
      await sender.enqueue(message("a"), { onReply });
      await until(() => expect(replies).toStrictEqual(["reply to a"]));
      await sender.enqueue(message("b"), { onReply });
      await until(() => expect(replies).toStrictEqual(["reply to a", "reply to b"]));
      expect(taken).toHaveLength(2);
    });

    onBus("a server that stopped may still answer and acknowledge what it took", async (connect) => {
      const [sender, host] = [await connect(), await connect()];
      const replies: string[] = [];
      const { taken, close } = await serveNoting(host, hold);
      await sender.enqueue(message("a"), { onReply: (reply) => void replies.push(textOf(reply)) });
      await until(() => expect(taken).toHaveLength(1));
      await close();
      for (const delivery of taken) deal(delivery);
      await until(() => expect(replies).toStrictEqual(["reply to a"]));
      const second = await serveNoting(host);
      await enqueueAll(sender, ["marker"]);
      await until(() => expect(idsOf(second.taken)).toContain("marker"));
    });

    onBus("[G12] a full lane says so, loses nothing that it kept, and takes more once there is room", async (connect) => {
      const [sender, host] = [await connect(), await connect()];
      const rooms = range(3).map((index) => ref("room", `r${index}`));
      const kept = range(limits.queueLimit).map((index) => `c${index}`);
      const roomOf = (index: number): Ref => rooms[index % rooms.length] ?? hall;
      for (const [index, id] of kept.entries()) await sender.enqueue(message(id, roomOf(index)));
      expect(await rejectionOf(sender.enqueue(message("one-more")))).toMatchObject({ code: "unavailable" });
      const { taken } = await serveNoting(host);
      await until(() => expect(taken).toHaveLength(kept.length));
      await until(() => sender.enqueue(message("one-more", roomOf(0))));
      await until(() => expect(taken).toHaveLength(kept.length + 1));
      for (const [place, room] of rooms.entries()) {
        const sent = [...kept.filter((_, index) => index % rooms.length === place), ...(place === 0 ? ["one-more"] : [])];
        expect(idsOf(taken.filter(({ target }) => target.id === room.id))).toStrictEqual(sent);
      }
    });

    onBus("[G12] one aggregate for which too many wait is busy, and leaves the others their room", async (connect) => {
      const [sender, host] = [await connect(), await connect()];
      const kept = range(limits.aggregateLimit).map((index) => `c${index}`);
      await enqueueAll(sender, kept);
      expect(await rejectionOf(sender.enqueue(message("one-more")))).toMatchObject({ code: "busy" });
      await sender.enqueue(message("elsewhere", ref("room", "attic")));
      const { taken } = await serveNoting(host);
      await until(() => expect(taken).toHaveLength(kept.length + 1));
      await until(() => sender.enqueue(message("one-more")));
      await until(() => expect(idsOf(taken.filter(({ target }) => target.id === hall.id))).toStrictEqual([...kept, "one-more"]));
    });

    onBus("[G11] a message over the limit is refused, and nothing of it is kept", async (connect) => {
      const [sender, host] = [await connect(), await connect()];
      const large = message("large", hall, "x".repeat(limits.maxMessageBytes + 1));
      expect(await rejectionOf(sender.enqueue(large))).toMatchObject({ code: "too_large" });
      await enqueueAll(sender, ["marker"]);
      const { taken } = await serveNoting(host);
      await until(() => expect(idsOf(taken)).toStrictEqual(["marker"]));
    });
  });
}
