import { ref } from "@aethyr/kernel";
import { describe, expect } from "vitest";
import type { Delivery } from "../bus.ts";
import { deal, hall, hold, limits, log, message, type OnBus, payload, range, rejectionOf, serveNoting, textOf, until } from "./support.ts";

// Far beyond what a test waits for: where this runs out, the answer did not come at once.
const longMs = 10 * 60_000;

export function requestLaneContract(onBus: OnBus): void {
  describe("request lane", () => {
    onBus("a request is answered by the server's reply", async (connect) => {
      const [sender, host] = [await connect(), await connect()];
      const { taken } = await serveNoting(host, (delivery) => {
        delivery.respond({ bytes: Uint8Array.from([0, 255]), contentType: "application/msgpack" });
        delivery.acknowledge();
      });
      const reply = await sender.request(message("c:1.a", ref("word.game", "en.1")));
      expect([...reply.bytes]).toStrictEqual([0, 255]);
      expect(reply.contentType).toBe("application/msgpack");
      expect(taken).toMatchObject([
        { id: "c:1.a", target: ref("word.game", "en.1"), contentType: "application/json", lane: "request", attempt: 1 },
      ]);
    });

    onBus("nobody there is known at once", async (connect) => {
      const [sender, host] = [await connect(), await connect()];
      expect(await rejectionOf(sender.request(message("a"), { timeoutMs: longMs }))).toMatchObject({ code: "no_responders" });
      const { close } = await serveNoting(host);
      await sender.request(message("b"));
      await close();
      await until(async () => {
        expect(await rejectionOf(sender.request(message("c"), { timeoutMs: 1_000 }))).toMatchObject({ code: "no_responders" });
      });
    });

    onBus("a reply that does not come in time is a timeout", async (connect) => {
      const [sender, host] = [await connect(), await connect()];
      const { taken } = await serveNoting(host, hold);
      expect(await rejectionOf(sender.request(message("a"), { timeoutMs: 30 }))).toMatchObject({
        code: "timeout",
        details: { timeoutMs: 30 },
      });
      // The late reply goes nowhere.
      await until(() => expect(taken).toHaveLength(1));
      for (const delivery of taken) deal(delivery);
    });

    onBus("a caller may give up, before or while it waits", async (connect) => {
      const [sender, host] = [await connect(), await connect()];
      const { taken } = await serveNoting(host, hold);
      const reason = new Error("the player left");
      expect(await rejectionOf(sender.request(message("a"), { signal: AbortSignal.abort(reason) }))).toBe(reason);
      const abort = new AbortController();
      const call = rejectionOf(sender.request(message("b"), { timeoutMs: longMs, signal: abort.signal }));
      await until(() => expect(taken.map((delivery) => delivery.id)).toStrictEqual(["b"]));
      abort.abort(reason);
      expect(await call).toBe(reason);
    });

    onBus("[G4] requests of one sender to one aggregate arrive in order", async (connect) => {
      const [sender, host] = [await connect(), await connect()];
      const { taken } = await serveNoting(host);
      const ids = range(100).map((index) => `c${index}`);
      const replies = await Promise.all(ids.map((id) => sender.request(message(id))));
      expect(taken.map((delivery) => delivery.id)).toStrictEqual(ids);
      expect(replies.map(textOf)).toStrictEqual(ids.map((id) => `reply to ${id}`));
    });

    onBus("each reply goes to its own request, in whatever order they come, and only the first", async (connect) => {
      const [sender, other, host] = [await connect(), await connect(), await connect()];
      const { taken } = await serveNoting(host, hold);
      const ids = range(20).map((index) => `c${index}`);
      const calls = ids.map((id, index) => (index % 2 === 0 ? sender : other).request(message(id)));
      await until(() => expect(taken).toHaveLength(20));
      for (const delivery of taken.toReversed()) {
        deal(delivery);
        delivery.respond(payload("a second word"));
      }
      expect((await Promise.all(calls)).map(textOf)).toStrictEqual(ids.map((id) => `reply to ${id}`));
    });

    onBus("a server that stopped may still answer what it took", async (connect) => {
      const [sender, host] = [await connect(), await connect()];
      const { taken, close } = await serveNoting(host, hold);
      const call = sender.request(message("a"));
      await until(() => expect(taken).toHaveLength(1));
      await close();
      for (const delivery of taken) deal(delivery);
      expect(textOf(await call)).toBe("reply to a");
    });

    onBus("while two serve each request is handed out once; when one stops the other goes on", async (connect) => {
      const [sender, one, two] = [await connect(), await connect(), await connect()];
      const taken: Delivery[] = [];
      const note = (delivery: Delivery): void => {
        taken.push(delivery);
        deal(delivery);
      };
      const first = await one.serve(note);
      await two.serve(note);
      await Promise.all(range(20).map((index) => sender.request(message(`c${index}`))));
      expect(taken).toHaveLength(20);
      await first.close();
      await until(async () => void (await sender.request(message("more"), { timeoutMs: 1_000 })));
    });

    onBus("[G11] a message over the limit is refused", async (connect) => {
      const [sender, host] = [await connect(), await connect()];
      const { taken } = await serveNoting(host);
      const large = message("large", hall, "x".repeat(limits.maxMessageBytes + 1));
      expect(await rejectionOf(sender.request(large))).toMatchObject({ code: "too_large" });
      await sender.request(message("marker"));
      expect(taken.map((delivery) => delivery.id)).toStrictEqual(["marker"]);
    });
  });

  describe("connection", () => {
    onBus("a connection serves once at a time", async (connect) => {
      const [sender, host] = [await connect(), await connect()];
      const first = await serveNoting(host);
      expect(await rejectionOf(host.serve(hold))).toMatchObject({ code: "already_serving" });
      await first.close();
      await first.close();
      const second = await serveNoting(host);
      await until(async () => void (await sender.request(message("a"), { timeoutMs: 1_000 })));
      expect(first.taken).toStrictEqual([]);
      expect(second.taken.length).toBeGreaterThan(0);
    });

    onBus("closing a connection rejects who still waits on it, and everything after it", async (connect) => {
      const [bus, host] = [await connect(), await connect()];
      const { taken } = await serveNoting(host, hold);
      const call = rejectionOf(bus.request(message("a"), { timeoutMs: longMs }));
      await until(() => expect(taken).toHaveLength(1));
      await bus.close();
      await bus.close();
      expect(await call).toMatchObject({ code: "closed" });
      for (const later of [
        () => bus.enqueue(message("b")),
        () => bus.request(message("b")),
        () => bus.serve(hold),
        () => bus.deadLetter({ ...message("b"), reason: "", attempts: 1 }),
        () => bus.serve(hold, { partition: 0, epoch: 1 }),
        () => bus.deadLetters(1),
        () => bus.findDeadLetter(1),
        () => bus.retryDeadLetter(1),
        () => bus.dropDeadLetter(1),
        () => bus.hints(hold),
        () => bus.publish(log(1)),
        () => bus.newest(),
        () => bus.follow(hold),
      ]) {
        expect(await rejectionOf(later())).toMatchObject({ code: "closed" });
      }
      bus.hint({ kind: "head", position: 1 });
    });
  });
}
