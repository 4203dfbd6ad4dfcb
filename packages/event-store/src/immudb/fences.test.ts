import { status } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import type { Fence } from "../fences.ts";
import type { PreparedCommit } from "../prepare.ts";
import { commitBatch } from "./commit-batch.ts";
import { NotConnectedError } from "./error-map.ts";
import { createFences } from "./fences.ts";
import { fenceKey, textOf } from "./keys.ts";
import type { Entry } from "./messages.ts";
import type { Surroundings } from "./retry.ts";
import { scripted } from "./testing/scripted-session.ts";

const failure = (code: status, details: string): Error => Object.assign(new Error(details), { code, details });
const lost = failure(status.UNAVAILABLE, "Connection dropped");
const refused = failure(status.FAILED_PRECONDITION, "precondition failed: KeyNotModifiedAfterTX");
const away = failure(status.UNAVAILABLE, "No connection established");

/** Time that passes by waiting alone. */
function instantly(): Surroundings {
  let now = 0;
  return { now: () => now, pause: async (ms) => void (now += ms), random: () => 0.5 };
}

const seen: Fence = { partition: "1/3", epoch: 4, token: 50 };
const by = "00000000-0000-4000-8000-000000000000";
const entryOf = (value: string, tx: number, partition = "1/3"): Entry => ({
  key: fenceKey(partition),
  value: Buffer.from(value),
  tx,
  revision: 1,
});
/** What a request would write. */
const valueIn = (request: Buffer): string => /\{"epoch":.*?\}/.exec(request.toString("latin1"))?.[0] ?? "";

test("[G6] a raise whose answer was lost, and whose repeat is refused, was made if what is there is its own", async () => {
  const sent: Buffer[] = [];
  const session = scripted([lost, refused], {
    sent,
    get: async () => entryOf(valueIn(sent[0] ?? Buffer.of()), 77),
  });
  expect(await createFences(session, { surroundings: instantly() }).raise(seen)).toEqual({ partition: "1/3", epoch: 5, token: 77 });
  expect(sent[1]).toEqual(sent[0]);
});

test("[G6] a raise that is refused, with or without a lost answer, is fenced where somebody else's is there", async () => {
  for (const answers of [[refused], [lost, refused]]) {
    const session = scripted(answers, { get: async () => entryOf(JSON.stringify({ epoch: 5, by }), 77) });
    await expect(createFences(session, { surroundings: instantly() }).raise(seen)).rejects.toMatchObject({
      code: "fenced",
      lost: seen,
      newest: { epoch: 5, token: 77 },
    });
  }
});

test("[G6] a raise of which nothing more can be learnt is unknown, one of which nothing was sent is not made", async () => {
  const unreadable = { get: () => Promise.reject(away) };
  const raise = (answers: readonly (Error | number)[], found = {}) =>
    createFences(scripted(answers, found), { resolveWithinMs: 2_000, surroundings: instantly() }).raise(seen);
  await expect(raise([lost])).rejects.toMatchObject({ code: "outcome_unknown", cause: lost });
  await expect(raise([lost, refused], unreadable)).rejects.toMatchObject({ code: "outcome_unknown" });
  await expect(raise([refused], unreadable)).rejects.toMatchObject({ code: "unavailable" });
  await expect(raise([away])).rejects.toMatchObject({ code: "unavailable" });
  await expect(raise([refused])).rejects.toMatchObject({ code: "corrupt_store" });
});

test("[G6] a raise waits for a server that went away after its answer was lost", async () => {
  const gone = new NotConnectedError("host:1", "gone");
  const waits: number[] = [];
  const session = scripted([lost, gone, 9], { away: () => gone, reachable: async (ms: number) => void waits.push(ms) });
  expect(await createFences(session, { surroundings: instantly() }).raise(seen)).toMatchObject({ token: 9 });
  expect(waits).toEqual([20_000, 19_900]);
});

test.each(["", "3", "{}", '{"epoch":0}', `{"epoch":1.5,"by":"${by}"}`])("a fence that says %j cannot be read", async (value) => {
  const session = scripted([refused], { get: async () => entryOf(value, 7), getAll: async () => [entryOf(value, 7)] });
  const fences = createFences(session, { surroundings: instantly() });
  await expect(fences.read("1/3")).rejects.toMatchObject({ code: "corrupt_store" });
  await expect(fences.raise(seen)).rejects.toMatchObject({ code: "corrupt_store" });
});

const commit = (path: string, fence?: Fence): PreparedCommit => ({
  writes: [{ path, expected: 0, ends: false, events: ['{"version":'], types: ["T"] }],
  asserts: [],
  fence,
});
/** What a request demands of fences. */
const fencesIn = (request: Buffer | undefined): readonly string[] =>
  request
    ?.toString("latin1")
    .match(/fence\/\d+\/\d+/g)
    ?.toSorted() ?? [];

test("[G6] a transaction demands each fence once, and after a refusal only those that are not lost", async () => {
  const sent: Buffer[] = [];
  const other = { partition: "1/4", epoch: 1, token: 20 };
  const session = scripted([refused, 99], {
    sent,
    getAll: async (keys: readonly Uint8Array[]) =>
      [entryOf(JSON.stringify({ epoch: 6, by }), 80), entryOf(JSON.stringify({ epoch: 1, by }), 20, "1/4")].filter(({ key }) =>
        keys.some((asked) => textOf(asked) === textOf(key)),
      ),
  });
  const results = await commitBatch(
    session,
    [commit("r/a", seen), commit("r/b", other), commit("r/c", seen), commit("r/d", other), commit("r/e")],
    { surroundings: instantly() },
  );
  expect(results.map((result) => (result.ok ? "ok" : result.error.code))).toEqual(["fenced", "ok", "fenced", "ok", "ok"]);
  expect(sent.map(fencesIn)).toEqual([["fence/1/3", "fence/1/4"], ["fence/1/4"]]);
});
