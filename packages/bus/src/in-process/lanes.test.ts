import { ref } from "@aethyr/kernel";
import { afterEach, expect, test, vi } from "vitest";
import type { Delivery } from "../bus.ts";
import { deal, hold, message, payload, range, rejectionOf, serveNoting, textOf } from "../contract/support.ts";
import { settled, uncaughtOf } from "../test-support.ts";
import { createInProcessBus, type InProcessBus, type InProcessOptions } from "./in-process-bus.ts";

const opened: InProcessBus[] = [];
function open(options?: InProcessOptions): InProcessBus {
  const bus = createInProcessBus(options);
  opened.push(bus);
  return bus;
}
afterEach(async () => {
  await Promise.all(opened.splice(0).map((bus) => bus.close()));
});

test("the receiver gets objects of its own over the same bytes", async () => {
  const bus = open();
  const { taken } = await serveNoting(bus);
  const sent = message("a");
  await bus.request(sent);
  const [delivery] = taken;
  expect(delivery?.target).not.toBe(sent.target);
  expect(delivery?.bytes).not.toBe(sent.bytes);
  expect(delivery?.bytes.buffer).toBe(sent.bytes.buffer);
});

test("a caller is never entered from its own call", async () => {
  const bus = open();
  const steps: string[] = [];
  await bus.serve((delivery) => {
    steps.push(delivery.id);
    deal(delivery);
    steps.push(`${delivery.id} done`);
  });
  const kept = bus.enqueue(message("a"), { onReply: () => steps.push("reply to a") });
  const reply = bus.request(message("b"));
  steps.push("calls returned");
  await Promise.all([kept, reply]);
  await settled();
  expect(steps).toStrictEqual(["calls returned", "a", "a done", "b", "b done", "reply to a"]);
});

test("a chain of replies and requests leaves the event loop its turns", async () => {
  const bus = open();
  await serveNoting(bus);
  let turns = 0;
  let stop = false;
  const turn = (): void => {
    turns += 1;
    if (!stop) setImmediate(turn);
  };
  setImmediate(turn);
  for (const index of range(1_000)) await bus.request(message(`c${index}`));
  stop = true;
  expect(turns).toBeGreaterThan(5);
});

test("[G12] a server holds only so many at once; an acknowledgement makes room", async () => {
  const bus = open({ handedOutLimit: 2 });
  const { taken } = await serveNoting(bus, hold);
  for (const index of range(2_000)) await bus.enqueue(message(`c${index}`));
  await settled();
  expect(taken.map((delivery) => delivery.id)).toStrictEqual(["c0", "c1"]);
  for (let index = 0; index < 2_000; index += 1) {
    taken[index]?.acknowledge();
    await settled();
  }
  expect(taken.map((delivery) => delivery.id)).toStrictEqual(range(2_000).map((index) => `c${index}`));
});

test("[G4] what a server held comes again before what still waited behind it", async () => {
  const bus = open({ handedOutLimit: 2 });
  const first = await serveNoting(bus, hold);
  for (const id of ["a", "b", "c", "d"]) await bus.enqueue(message(id));
  await settled();
  await first.close();
  const second = await serveNoting(bus);
  await settled();
  expect(second.taken.map(({ id, attempt }) => `${id}/${attempt}`)).toStrictEqual(["a/2", "b/2", "c/1", "d/1"]);
});

test("a command whose turn never came counts as no attempt", async () => {
  const bus = open();
  const next = bus.connect();
  const first = await serveNoting(bus, (delivery) => {
    if (delivery.id === "a") void first.close();
  });
  const second = await serveNoting(next);
  const sent = [bus.enqueue(message("a")), bus.enqueue(message("b")), bus.request(message("r"))];
  await Promise.all(sent);
  await settled();
  expect(first.taken.map((delivery) => delivery.id)).toStrictEqual(["a"]);
  expect(new Set(second.taken.map(({ id, attempt }) => `${id}/${attempt}`))).toStrictEqual(new Set(["a/2", "b/1", "r/1"]));
});

test("a request whose turn never came is told that nobody is there", async () => {
  const bus = open();
  const { close } = await serveNoting(bus);
  const call = rejectionOf(bus.request(message("a")));
  await close();
  expect(await call).toMatchObject({ code: "no_responders", details: { id: "a" } });
});

test("[G6] late word of a server that lost a command to another does not count", async () => {
  const bus = open();
  const next = bus.connect();
  const first = await serveNoting(bus, hold);
  await bus.enqueue(message("a"));
  await settled();
  await first.close();
  const second = await serveNoting(next, hold);
  await settled();
  first.taken[0]?.acknowledge();
  await second.close();
  const third = await serveNoting(next, hold);
  await settled();
  expect(third.taken).toMatchObject([{ id: "a", attempt: 3 }]);
  third.taken[0]?.acknowledge();
  third.taken[0]?.acknowledge();
  await third.close();
  const last = await serveNoting(next, hold);
  await settled();
  expect(last.taken).toStrictEqual([]);
});

test("a server that stopped and acknowledges before anybody else has the command keeps it from them", async () => {
  const bus = open();
  const first = await serveNoting(bus, hold);
  await bus.enqueue(message("a"));
  await settled();
  await first.close();
  first.taken[0]?.acknowledge();
  const second = await serveNoting(bus);
  await settled();
  expect(second.taken).toStrictEqual([]);
});

test("what a closed connection still says goes nowhere", async () => {
  const bus = open();
  const host = bus.connect();
  const replies: string[] = [];
  const { taken } = await serveNoting(host, hold);
  await bus.enqueue(message("a"), { onReply: (reply) => replies.push(textOf(reply)) });
  const call = rejectionOf(bus.request(message("b"), { timeoutMs: 20 }));
  await settled();
  await host.close();
  for (const delivery of taken) deal(delivery);
  expect(await call).toMatchObject({ code: "timeout" });
  expect(replies).toStrictEqual([]);
  const second = await serveNoting(bus);
  await settled();
  expect(second.taken).toMatchObject([{ id: "a", attempt: 2 }]);
});

test("a sender that is gone is not called back", async () => {
  const bus = open();
  const sender = bus.connect();
  const onReply = vi.fn<() => void>();
  const { taken } = await serveNoting(bus, hold);
  await sender.enqueue(message("a"), { onReply });
  await settled();
  await sender.close();
  for (const delivery of taken) deal(delivery);
  await settled();
  expect(onReply).not.toHaveBeenCalled();
});

test("while the first is kept, a repeat takes over its reply", async () => {
  const bus = open();
  const replies: string[] = [];
  await bus.enqueue(message("a"), { onReply: () => replies.push("first") });
  await bus.enqueue(message("a"), { onReply: () => replies.push("second") });
  await bus.enqueue(message("a"));
  await serveNoting(bus);
  await settled();
  expect(replies).toStrictEqual(["second"]);
});

test("[G12] only so many ids are remembered", async () => {
  const bus = open({ recentIds: 3 });
  const { taken } = await serveNoting(bus);
  for (const id of ["a", "b", "c", "a", "d", "b", "a"]) {
    await bus.enqueue(message(id));
    await settled();
  }
  expect(taken.map((delivery) => delivery.id)).toStrictEqual(["a", "b", "c", "d", "a"]);
});

test("a reply over the limit is the host's to mend", async () => {
  const bus = open({ maxMessageBytes: 10 });
  const errors: unknown[] = [];
  const tooLarge = (delivery: Delivery): void => {
    try {
      delivery.respond(payload("x".repeat(11)));
    } catch (error) {
      errors.push(error);
    }
    deal({ ...delivery, bytes: new Uint8Array() });
  };
  await serveNoting(bus, (delivery) => {
    tooLarge(delivery);
  });
  await bus.enqueue(message("a"));
  await bus.request(message("b"));
  await settled();
  expect(errors).toMatchObject([{ code: "too_large" }, { code: "too_large" }]);
});

test("a handler that throws is loud, and the next delivery is made all the same", async () => {
  const bus = open();
  const errors = await uncaughtOf(async () => {
    const taken: string[] = [];
    await bus.serve((delivery) => {
      taken.push(delivery.id);
      if (delivery.id === "a") throw new Error("a bug");
    });
    await Promise.all([bus.enqueue(message("a")), bus.enqueue(message("b"))]);
    await settled();
    expect(taken).toStrictEqual(["a", "b"]);
  });
  expect(errors).toMatchObject([{ message: "a bug" }]);
});

test("[G12] the oldest dead letters make room", async () => {
  const bus = open({ deadLetterLimit: 3 });
  for (const index of range(5)) await bus.deadLetter({ ...message(`c${index}`), reason: "poison", attempts: 1 });
  expect((await bus.deadLetters(10)).map((letter) => letter.id)).toStrictEqual(["c4", "c3", "c2"]);
});

test("a target is the receiver's own even while the command waits", async () => {
  const bus = open();
  const target = { ...ref("room", "hall") };
  await bus.enqueue({ ...message("a"), target });
  target.id = "attic";
  const { taken } = await serveNoting(bus);
  await settled();
  expect(taken[0]?.target).toStrictEqual(ref("room", "hall"));
});

test("an answer that fails is loud, and its asker's time runs out", async () => {
  const bus = open();
  const errors = await uncaughtOf(async () => {
    await bus.serve(hold, { partition: 0, epoch: 1, onQuestion: () => Promise.reject(new Error("a bug")) });
    expect(await rejectionOf(bus.askOwner(ref("room", "hall"), payload("a"), { timeoutMs: 20 }))).toMatchObject({ code: "timeout" });
  });
  expect(errors).toMatchObject([{ message: "a bug" }]);
});
