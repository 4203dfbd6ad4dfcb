import { expect, test } from "vitest";
import { createInProcessBus, type Bus } from "@aethyr/bus";
import { accepted, encodeReply, type CommandEnvelope } from "@aethyr/protocol";
import { sendAll } from "./send-commands.ts";
import { createRoom, describe } from "./testing/small-world.ts";

const command = createRoom("hall");
const never = new AbortController().signal;
type Given = { readonly lanes: Pick<Bus, "request">; readonly timeoutMs: number };
const codes = async (given: Given, commands: readonly CommandEnvelope[]) =>
  (await sendAll({ signal: never, ...given }, commands)).map(({ code, command: id }) => [code, id]);

test("[G2] where no host serves, the answer is `unavailable`: nothing was sent", async () => {
  expect(await codes({ lanes: createInProcessBus(), timeoutMs: 100 }, [command])).toEqual([["unavailable", command.id]]);
});

test("[G2] [G3] while a partition is with no host, the command is sent again under its id until one has it, without an error for its sender", async () => {
  const bus = createInProcessBus();
  let asked = 0;
  const taken: string[] = [];
  const lanes: Pick<Bus, "request"> = {
    request: async (...given) => {
      asked += 1;
      if (asked === 3) {
        await bus.serve((delivery) => {
          taken.push(delivery.id);
          delivery.respond(encodeReply(accepted(delivery.id, [], 1), "application/msgpack"));
        });
      }
      return bus.request(...given);
    },
  };
  expect(await codes({ lanes, timeoutMs: 60_000 }, [command])).toEqual([["accepted", command.id]]);
  expect([asked, taken]).toEqual([3, [command.id]]);
});

test("[G4] those to one aggregate go one after the other; behind one without a final answer none is sent, and other aggregates go on", async () => {
  const bus = createInProcessBus();
  const taken: string[] = [];
  const [stuck, behind, other] = [createRoom("hall"), describe("hall", "Wide."), createRoom("yard")];
  await bus.serve((delivery) => {
    taken.push(delivery.id);
    if (delivery.id !== stuck.id) delivery.respond(encodeReply(accepted(delivery.id, [], 1), "application/msgpack"));
  });
  expect(await codes({ lanes: bus, timeoutMs: 100 }, [stuck, behind, other])).toEqual([
    ["outcome_unknown", stuck.id],
    ["unavailable", behind.id],
    ["accepted", other.id],
  ]);
  expect(taken).not.toContain(behind.id);
});

test("a signal ends the waiting with its reason", async () => {
  const stop = new AbortController();
  const reason = new Error("no more");
  const lanes: Pick<Bus, "request"> = {
    request: async (...given) => {
      setImmediate(() => stop.abort(reason));
      return createInProcessBus().request(...given);
    },
  };
  await expect(sendAll({ lanes, timeoutMs: 60_000, signal: stop.signal }, [command])).rejects.toBe(reason);
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
  const lanes = createInProcessBus({ maxMessageBytes: 16 });
  expect(await codes({ lanes, timeoutMs: 1_000 }, [command])).toEqual([["too_large", command.id]]);
});

test("a fault of the program is thrown, not answered", async () => {
  const lanes = { request: async () => Promise.reject(new TypeError("a fault")) };
  await expect(sendAll({ lanes, timeoutMs: 1_000, signal: never }, [command])).rejects.toThrow(TypeError);
});
