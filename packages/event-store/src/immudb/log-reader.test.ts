import { expect, test } from "vitest";
import { createLogReader } from "./log-reader.ts";
import { commandKey, eventKey } from "./keys.ts";
import type { Tx } from "./messages.ts";
import { withIndex } from "../place-in-tx.ts";
import { scripted } from "./testing/scripted-session.ts";

/** Two transactions of two events each, ids 2 and 3. */
const txs: readonly Tx[] = [2, 3].map((id) => ({
  id,
  chain: "",
  entries: [0, 1].map((index) => ({ key: eventKey(`room/r${id}`, index + 1), value: withIndex("{}", index), plain: true })),
}));

test("a transaction that was read to its end is not read again for what comes after it, and one that was not is", async () => {
  const from: number[] = [];
  const reader = createLogReader(
    scripted([], {
      txScan: async (request) => {
        from.push(request.from);
        return txs.filter(({ id }) => id >= request.from).slice(0, request.limit);
      },
    }),
  );
  const first = await reader.readLog(0, 3);
  expect(first.map(({ stream, version }) => `${stream}@${version}`)).toEqual(["room/r2@1", "room/r2@2", "room/r3@1"]);
  from.length = 0;
  const second = await reader.readLog(first[2]!.position, 3);
  expect(second.map(({ stream, version }) => `${stream}@${version}`)).toEqual(["room/r3@2"]);
  expect(from[0]).toBe(3);
  from.length = 0;
  expect(await reader.readLog(second[0]!.position, 3)).toEqual([]);
  expect(from).toEqual([4]);
  // Others begin where they want.
  expect(await reader.readLog(first[0]!.position, 3)).toHaveLength(3);
});

/** A log of which the transactions with these ids have an event, and all others only a recorded answer. */
function logOf(newest: number, withEvent: readonly number[]) {
  const asked: number[] = [];
  const tx = (id: number): Tx => {
    const key = withEvent.includes(id) ? eventKey("room/r", withEvent.indexOf(id) + 1) : commandKey(`c${id}`);
    return { id, chain: "", entries: [{ key, value: withIndex("{}", 0), plain: true }] };
  };
  const log = { newest };
  const session = scripted([], {
    newestTx: async () => log.newest,
    txScan: async ({ from, limit, descending }) => {
      const ids = Array.from({ length: limit }, (_, step) => from + (descending ? -step : step)).filter((id) => id > 1 && id <= log.newest);
      asked.push(...ids);
      return ids.map(tx);
    },
  });
  return { reader: createLogReader(session), asked, log };
}

test("[G8] however many answers come after the newest event, who waits for the next one reads each of them once", async () => {
  const { reader, asked, log } = logOf(500, [2, 3, 510]);
  const last = 3 * 1024;
  expect((await reader.readLog(0, 1000)).map(({ position }) => position)).toEqual([2 * 1024, last]);
  asked.length = 0;
  for (let polls = 0; polls < 5; polls += 1) expect(await reader.readLog(last, 1000)).toEqual([]);
  expect(asked).toEqual([]);
  log.newest = 505;
  // Who reads what is older does not make it forget.
  expect(await reader.readLog(2 * 1024, 1)).toHaveLength(1);
  asked.length = 0;
  for (let polls = 0; polls < 5; polls += 1) expect(await reader.readLog(last, 1000)).toEqual([]);
  expect(asked).toEqual([501, 502, 503, 504, 505]);
  log.newest = 520;
  expect((await reader.readLog(last, 1000)).map(({ position }) => position)).toEqual([510 * 1024]);
});

test("[G8] however many answers come after the newest event, the head is found by looking at each of them once", async () => {
  const { reader, asked, log } = logOf(900, [2, 3, 905]);
  for (let polls = 0; polls < 5; polls += 1) expect(await reader.head()).toBe(3 * 1024);
  expect(asked.length).toBeLessThan(900);
  expect(new Set(asked).size).toBe(asked.length);
  asked.length = 0;
  log.newest = 904;
  for (let polls = 0; polls < 5; polls += 1) expect(await reader.head()).toBe(3 * 1024);
  expect(asked).toEqual([904, 903, 902, 901]);
  log.newest = 910;
  expect(await reader.head()).toBe(905 * 1024);
  const none = logOf(300, []);
  for (let polls = 0; polls < 2; polls += 1) expect(await none.reader.head()).toBe(0);
  expect(none.asked).toHaveLength(299);
});
