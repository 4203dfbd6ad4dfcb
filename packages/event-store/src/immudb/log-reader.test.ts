import { expect, test } from "vitest";
import { createLogReader } from "./log-reader.ts";
import { eventKey } from "./keys.ts";
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
