import { expect, test } from "vitest";
import { createInProcessBus } from "@aethyr/bus";
import { sendAll } from "./send-commands.ts";
import { createRoom } from "./testing/small-world.ts";

const command = createRoom("hall");
const codes = async (...given: Parameters<typeof sendAll>) => (await sendAll(...given)).map(({ code, command: id }) => [code, id]);

test("[G2] where no host serves, the answer is `unavailable`: nothing was sent", async () => {
  expect(await codes({ lanes: createInProcessBus(), timeoutMs: 1_000 }, [command])).toEqual([["unavailable", command.id]]);
});

test("[G2] where no answer comes, or the bus closes before it, the outcome is unknown", async () => {
  const bus = createInProcessBus();
  let delivered = Promise.withResolvers<void>();
  await bus.serve(() => delivered.resolve());
  expect(await codes({ lanes: bus, timeoutMs: 1 }, [command])).toEqual([["outcome_unknown", command.id]]);
  delivered = Promise.withResolvers();
  const waiting = codes({ lanes: bus, timeoutMs: 60_000 }, [command]);
  await delivered.promise;
  await bus.close();
  expect(await waiting).toEqual([["outcome_unknown", command.id]]);
});

test("a command that the bus does not carry is too large", async () => {
  expect(await codes({ lanes: createInProcessBus({ maxMessageBytes: 16 }), timeoutMs: 1_000 }, [command])).toEqual([
    ["too_large", command.id],
  ]);
});

test("a fault of the program is thrown, not answered", async () => {
  const lanes = { request: async () => Promise.reject(new TypeError("a fault")) };
  await expect(sendAll({ lanes, timeoutMs: 1_000 }, [command])).rejects.toThrow(TypeError);
});
