import { status } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import type { PreparedCommit } from "../prepare.ts";
import { commitBatch } from "./commit-batch.ts";
import { NotConnectedError } from "./error-map.ts";
import { commandKey, endKey, eventKey } from "./keys.ts";
import { bytesOf, type Entry, type NewEntry } from "./messages.ts";
import { nothingRead, planBatch } from "./plan.ts";
import type { Surroundings } from "./retry.ts";
import type { Session } from "./session.ts";
import { scripted } from "./testing/scripted-session.ts";

const failure = (code: status, details: string): Error => Object.assign(new Error(details), { code, details });
const lost = failure(status.UNAVAILABLE, "Connection dropped");
const refused = failure(status.FAILED_PRECONDITION, "precondition failed: KeyMustExist");
const away = failure(status.UNAVAILABLE, "No connection established");

/** Time that passes by waiting alone. */
function instantly(): Surroundings {
  let now = 0;
  return { now: () => now, pause: async (ms) => void (now += ms), random: () => 0.5 };
}

const commit: PreparedCommit = { writes: [{ path: "r/a", expected: 0, ends: false, events: ['{"version":'], types: ["T"] }], asserts: [] };

test("nothing was sent: `unavailable`, at once", async () => {
  const session = scripted([away]);
  await expect(commitBatch(session, [commit])).rejects.toMatchObject({ code: "unavailable", cause: away });
  expect(session.count()).toBe(1);
});

test("an answer was lost, and nothing more can be learnt in time: `outcome_unknown`", async () => {
  await expect(commitBatch(scripted([lost]), [commit], { resolveWithinMs: 0 })).rejects.toMatchObject({
    code: "outcome_unknown",
    cause: lost,
  });
  const blind = scripted([lost, refused], { getAll: () => Promise.reject(away) });
  await expect(commitBatch(blind, [commit], { resolveWithinMs: 250, surroundings: instantly() })).rejects.toMatchObject({
    code: "outcome_unknown",
  });
  expect(blind.count()).toBe(3);
});

test("[G3] an answer was lost and the repeat goes through: made once", async () => {
  const session = scripted([lost, away, 5]);
  let asked = 0;
  const surroundings = { ...instantly(), random: () => (asked += 1) / 4 };
  expect(await commitBatch(session, [commit], { surroundings })).toMatchObject([{ ok: true, position: 5 * 1024 }]);
  expect([session.count(), asked]).toEqual([3, 2]);
});

const commanded = (path: string, id: string): PreparedCommit => ({
  writes: [{ path, expected: 0, ends: false, events: [`{"id":"${id}/0","version":`], types: ["T"] }],
  asserts: [],
  command: { id, outcome: `"${id} done"` },
});
const pair = [commanded("r/a", "c1"), commanded("r/b", "c2")] as const;

/** What the log holds of the pair if the transactions of its two commits are these, as one attempt of ours at both would write them. */
function pairIn(firstTx: number, secondTx?: number): readonly Entry[] {
  const { entries } = planBatch(pair, nothingRead);
  const inTx = (of: readonly NewEntry[], tx: number): readonly Entry[] =>
    of.map(({ key, value }) => ({ key: bytesOf(key), value: bytesOf(value), tx, revision: 1 }));
  const half = entries.length / 2;
  return [...inTx(entries.slice(0, half), firstTx), ...(secondTx === undefined ? [] : inTx(entries.slice(half), secondTx))];
}

/** Reads of a log that holds these entries. */
function holding(entries: readonly Entry[]): Partial<Session> {
  const has = (keys: readonly Uint8Array[]) => entries.filter(({ key }) => keys.some((asked) => Buffer.compare(asked, key) === 0));
  return {
    get: async (key) => has([key])[0],
    getAll: async (keys) => has(keys),
    scan: async ({ prefix }) => entries.filter(({ key }) => Buffer.compare(key.subarray(0, prefix.length), prefix) === 0),
  };
}

test("[G3] an answer was lost and the repeat is refused: made, if all of it is there in one transaction", async () => {
  const session = scripted([lost, refused], holding(pairIn(7, 7)));
  expect(await commitBatch(session, pair)).toEqual([
    { ok: true, position: 7 * 1024, versions: [1] },
    { ok: true, position: 7 * 1024 + 1, versions: [1] },
  ]);
  expect(session.count()).toBe(2);
});

test("[G3] another host wrote the same bytes for the first command of a batch: that one is recorded, the rest is not taken as made", async () => {
  const session = scripted([lost, refused, 9], holding(pairIn(7)));
  expect(await commitBatch(session, pair)).toMatchObject([
    { ok: false, error: { code: "command_already_recorded", outcome: "c1 done", position: 7 * 1024 } },
    { ok: true, position: 9 * 1024, versions: [1] },
  ]);
  expect(session.count()).toBe(3);
});

test("[G3] the same bytes in two transactions are no batch of ours", async () => {
  const session = scripted([lost, refused], holding(pairIn(7, 8)));
  expect(await commitBatch(session, pair)).toMatchObject([
    { ok: false, error: { code: "command_already_recorded", position: 7 * 1024 } },
    { ok: false, error: { code: "command_already_recorded", position: 8 * 1024 + 1 } },
  ]);
});

test("[G3] other bytes under our keys are no batch of ours", async () => {
  const others = pairIn(7, 7).map((entry, index) => (index === 0 ? { ...entry, value: Buffer.from("{}") } : entry));
  expect(await commitBatch(scripted([lost, refused], holding(others)), pair)).toMatchObject([{ ok: false }, { ok: false }]);
});

test("streams that others write faster than they can be read: `unavailable`, after a bounded number of rounds", async () => {
  const session = scripted([refused]);
  await expect(
    commitBatch(session, [{ ...commit, writes: commit.writes.map((write) => ({ ...write, expected: "any" as const })) }]),
  ).rejects.toMatchObject({ code: "unavailable" });
  expect(session.count()).toBe(16);
});

test("where the streams stand cannot be read: `unavailable`, for nothing was appended", async () => {
  await expect(commitBatch(scripted([refused], { getAll: () => Promise.reject(away) }), [commit])).rejects.toMatchObject({
    code: "unavailable",
  });
});

test("a guess that the log confirms costs no search, and an end tells its own version", async () => {
  const entry = (key: Buffer, value: string): Entry => ({ key, value: Buffer.from(value), tx: 2, revision: 1 });
  const ended = [entry(eventKey("r/a", 3), "{}"), entry(endKey("r/a"), "3")];
  const session = scripted([refused], {
    getAll: async (keys) => ended.filter(({ key }) => keys.some((asked) => Buffer.compare(asked, key) === 0)),
    scan: () => Promise.reject(new Error("a search")),
  });
  const results = await commitBatch(session, [{ ...commit, writes: commit.writes.map((write) => ({ ...write, expected: 3 })) }]);
  expect(results).toMatchObject([{ ok: false, error: { code: "stream_ended", actual: 3 } }]);
});

test("[G3] that the server is away while an answer is looked for is no answer: it is looked for until the time is up", async () => {
  const gone = new NotConnectedError("host:1", "gone");
  const waits: number[] = [];
  const session = scripted([lost, gone, gone, 7], {
    away: () => gone,
    reachable: async (withinMs) => void waits.push(withinMs),
  });
  expect(await commitBatch(session, [commit], { surroundings: instantly() })).toMatchObject([{ ok: true, position: 7 * 1024 }]);
  expect(waits).toEqual([20_000, 19_900, 19_700]);

  const never = scripted([lost, gone], { away: () => gone });
  await expect(commitBatch(never, [commit], { resolveWithinMs: 3_000, surroundings: instantly() })).rejects.toMatchObject({
    code: "outcome_unknown",
    cause: lost,
  });
});

test("[G3] whatever the server says after a lost answer, but that the conditions do not hold, refuses nothing", async () => {
  for (const later of [failure(status.UNKNOWN, "invalid user name or password"), failure(status.UNKNOWN, "already closed"), away]) {
    const session = scripted([lost, later]);
    await expect(commitBatch(session, [commit], { resolveWithinMs: 1_000, surroundings: instantly() })).rejects.toMatchObject({
      code: "outcome_unknown",
    });
  }
});

test("[G3] a refusal after a lost answer is final only once its attempts are barred, where it may hold later what does not hold now", async () => {
  const sets: Buffer[] = [];
  const answers = [lost, refused, 8];
  const session = scripted([0], {
    set: async (request) => {
      sets.push(request);
      const answer = answers[sets.length - 1] ?? 9;
      if (typeof answer === "number") return answer;
      throw answer;
    },
  });
  const late: PreparedCommit = { ...commit, writes: commit.writes.map((write) => ({ ...write, expected: 3 as const })) };
  expect(await commitBatch(session, [late], { surroundings: instantly() })).toMatchObject([{ ok: false, error: { actual: 0 } }]);
  const [attempt, repeat, bar] = sets;
  expect(repeat).toEqual(attempt);
  const key = /f\/[0-9a-f-]{36}/.exec(bar?.toString("latin1") ?? "")?.[0] ?? "no bar";
  expect(attempt?.toString("latin1")).toContain(key);

  // Where they cannot be barred, the outcome stays open.
  const barless = scripted([lost, refused, lost]);
  await expect(commitBatch(barless, [late], { resolveWithinMs: 2_000, surroundings: instantly() })).rejects.toMatchObject({
    code: "outcome_unknown",
  });
});

test("all rounds of a batch together have one time", async () => {
  const surroundings = instantly();
  const slow = scripted([refused], {
    getAll: async () => {
      await surroundings.pause(3_000);
      return [];
    },
  });
  const anywhere = { ...commit, writes: commit.writes.map((write) => ({ ...write, expected: "any" as const })) };
  await expect(commitBatch(slow, [anywhere], { surroundings })).rejects.toMatchObject({ code: "unavailable" });
  expect(slow.count()).toBeLessThan(5);
});

const answer = (id: string, outcome: string): PreparedCommit => ({ writes: [], asserts: [], command: { id, outcome } });
const recorded = (id: string, text: string, tx: number): Entry => ({ key: commandKey(id), value: Buffer.from(text), tx, revision: 1 });

test("[G3] an answer whose own answer was lost was recorded if it is there, whoever recorded it; else what is there is told", async () => {
  const own = bytesOf(planBatch([answer("c1", '"a"')], nothingRead).entries[0]?.value ?? "").toString();
  const found = (entry: Entry) =>
    commitBatch(scripted([lost, refused], holding([entry])), [answer("c1", '"a"')], { surroundings: instantly() });
  expect(await found(recorded("c1", own, 7))).toMatchObject([{ ok: true, position: 0 }]);
  expect(await found(recorded("c1", '"b"', 7))).toMatchObject([
    { ok: false, error: { code: "command_already_recorded", outcome: "b", position: 7 * 1024 } },
  ]);
});

test("[G3] an answer that nobody can tell of is unknown, one that was not sent is not recorded, and the rest is recorded beside one that is there", async () => {
  const record = (session: Session) =>
    commitBatch(session, [answer("c1", '"a"'), answer("c2", '"b"')], { resolveWithinMs: 2_000, surroundings: instantly() });
  await expect(record(scripted([lost]))).rejects.toMatchObject({ code: "outcome_unknown" });
  await expect(record(scripted([away]))).rejects.toMatchObject({ code: "unavailable" });
  const session = scripted([refused, 9], holding([recorded("c1", '"before"', 7)]));
  expect(await record(session)).toMatchObject([
    { ok: false, error: { outcome: "before", position: 7 * 1024 } },
    { ok: true, position: 0 },
  ]);
});
