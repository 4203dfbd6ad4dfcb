import { ref } from "@aethyr/kernel";
import { describe, expect } from "vitest";
import type { Bus, Delivery } from "../bus.ts";
import { deal, hall, hold, limits, message, type OnBus, payload, range, rejectionOf, serveNoting, textOf, until } from "./support.ts";

const idsOf = (deliveries: readonly Delivery[]): readonly string[] => deliveries.map((delivery) => delivery.id);

async function enqueueAll(bus: Bus, ids: readonly string[]): Promise<void> {
  for (const id of ids) await bus.enqueue(message(id));
}

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
      const half = limits.queueLimit / 2;
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
      const kept = range(limits.queueLimit).map((index) => `c${index}`);
      await enqueueAll(sender, kept);
      expect(await rejectionOf(sender.enqueue(message("one-more")))).toMatchObject({ code: "unavailable" });
      const { taken } = await serveNoting(host);
      await until(() => expect(idsOf(taken)).toStrictEqual(kept));
      await until(() => sender.enqueue(message("one-more")));
      await until(() => expect(idsOf(taken)).toStrictEqual([...kept, "one-more"]));
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

  describe("dead letters", () => {
    onBus("the newest come first, as many as asked for, as they were put aside", async (connect) => {
      const [host, operator] = [await connect(), await connect()];
      expect(await operator.deadLetters(10)).toStrictEqual([]);
      for (const index of range(5)) await host.deadLetter({ ...message(`c${index}`), reason: "decide threw", attempts: index + 1 });
      const letters = await operator.deadLetters(2);
      expect(letters).toMatchObject([
        { id: "c4", target: hall, reason: "decide threw", attempts: 5, contentType: "application/json" },
        { id: "c3", attempts: 4 },
      ]);
      expect(letters.map(textOf)).toStrictEqual(["c4", "c3"]);
      expect(await operator.deadLetters(0)).toStrictEqual([]);
      expect(await operator.deadLetters(100)).toHaveLength(5);
    });

    onBus("[G11] whatever is wrong with a command, it can be put aside", async (connect) => {
      const bus = await connect();
      const large = message("a\nb", hall, "x".repeat(limits.maxMessageBytes + 7));
      await bus.deadLetter({ ...large, reason: `é\r\n\u0000${"é".repeat(1_000)}`, attempts: 1 });
      await bus.deadLetter({ ...message("a\nb", hall, "other"), reason: "", attempts: 1 });
      const [other, cut] = await bus.deadLetters(10);
      expect(cut).toMatchObject({ id: expect.stringMatching(/^unreadable-[0-9a-f]{16}$/), cut: 7, reason: `é ${"é".repeat(498)}` });
      expect(cut?.bytes).toHaveLength(limits.maxMessageBytes);
      expect(other).not.toHaveProperty("cut");
      expect(other?.id).not.toBe(cut?.id);
    });
  });
}
