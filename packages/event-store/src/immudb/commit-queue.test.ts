import { expect, test } from "vitest";
import { UnavailableError } from "../errors.ts";
import type { CommitResult } from "../event-store.ts";
import type { PreparedCommit } from "../prepare.ts";
import { createCommitQueue, sizeOf, type CommitQueueOptions } from "./commit-queue.ts";
import { attemptBarFor } from "./attempt-bar.ts";
import { encodeSet } from "./messages.ts";
import { nothingRead, planBatch } from "./plan.ts";

/** Batches as they are handed out, each to be ended by the test. */
function createBatches(options: CommitQueueOptions = {}) {
  const begun: { readonly streams: readonly string[]; end(error?: Error): void }[] = [];
  const queue = createCommitQueue(
    (commits) =>
      new Promise<readonly CommitResult[]>((resolve, reject) => {
        const streams = commits.map(({ writes }) => writes[0]?.path ?? "");
        const results = commits.map(() => ({ ok: true as const, position: begun.length, versions: [1] }));
        begun.push({ streams, end: (error) => (error ? reject(error) : resolve(results)) });
      }),
    options,
  );
  return { begun, queue };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
const commit = (path: string, more: Partial<PreparedCommit> = {}, events = 1): PreparedCommit => ({
  writes: [{ path, expected: 3, ends: false, events: Array.from({ length: events }, () => "{"), types: [] }],
  asserts: [],
  ...more,
});

test("appends of one turn share a batch, those that come meanwhile the next; a third waits", async () => {
  const { begun, queue } = createBatches();
  const first = [queue.append([commit("a")]), queue.append([commit("b")])];
  await settled();
  void queue.append([commit("c")]);
  await settled();
  void queue.append([commit("d")]);
  void queue.append([commit("e")]);
  await settled();
  expect(begun.map(({ streams }) => streams)).toEqual([["a", "b"], ["c"]]);
  begun[0]?.end();
  await Promise.all(first);
  await settled();
  expect(begun[2]?.streams).toEqual(["d", "e"]);
});

test("[G1] a stream or a command is never in two batches at once, and what comes later waits behind what waits", async () => {
  const { begun, queue } = createBatches();
  const command = { command: { id: "c1", outcome: "1" } };
  void queue.append([commit("a", command)]);
  await settled();
  void queue.append([commit("a")]);
  void queue.append([commit("b", { asserts: [{ path: "a", expect: 1 }] })]);
  void queue.append([commit("c", command)]);
  void queue.append([commit("b")]);
  void queue.append([commit("free")]);
  await settled();
  expect(begun.map(({ streams }) => streams)).toEqual([["a"], ["free"]]);
  begun[0]?.end();
  await settled();
  expect(begun[2]?.streams).toEqual(["a", "b", "c", "b"]);
});

test("streams that are only read may be in two batches", async () => {
  const { begun, queue } = createBatches();
  const room = { asserts: [{ path: "room", expect: "alive" as const }] };
  void queue.append([commit("a", room)]);
  await settled();
  void queue.append([commit("b", room)]);
  await settled();
  expect(begun).toHaveLength(2);
});

test("commits of one append that do not fit are made one batch after the other", async () => {
  const { begun, queue } = createBatches();
  const appending = queue.append(Array.from({ length: 400 }, (_, index) => commit(`s${index}`)));
  await settled();
  expect(begun.map(({ streams }) => streams.length)).toEqual([341]);
  begun[0]?.end();
  await settled();
  begun[1]?.end();
  expect((await appending).map((result) => result.ok && result.position)).toEqual([...Array(341).fill(0), ...Array(59).fill(1)]);
});

test("others join only a batch that is small", async () => {
  const { begun, queue } = createBatches();
  void queue.append([commit("large", {}, 250)]);
  void queue.append([commit("more", {}, 10)]);
  await settled();
  expect(begun.map(({ streams }) => streams)).toEqual([["large"], ["more"]]);
});

test("an append that fails in part is of unknown outcome, one that fails in whole is not, and others go on", async () => {
  const { begun, queue } = createBatches();
  const parts = queue.append(Array.from({ length: 400 }, (_, index) => commit(`s${index}`)));
  parts.catch(() => undefined);
  await settled();
  begun[0]?.end();
  await settled();
  begun[1]?.end(new UnavailableError("away"));
  await expect(parts).rejects.toMatchObject({ code: "outcome_unknown" });
  const whole = queue.append([commit("a")]);
  await settled();
  begun[2]?.end(new UnavailableError("away"));
  await expect(whole).rejects.toMatchObject({ code: "unavailable" });
  const next = queue.append([commit("a")]);
  await settled();
  begun[3]?.end();
  expect(await next).toHaveLength(1);
});

test("a lone command waits for nobody, and for no clock", async () => {
  const { begun, queue } = createBatches();
  const alone = queue.append([commit("a")]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(begun).toHaveLength(1);
  begun[0]?.end();
  expect(await alone).toHaveLength(1);
});

test("[A18] while the server is away appends are refused at once, and those that wait as well; what is under way goes on", async () => {
  let away: Error | undefined;
  const { begun, queue } = createBatches({ refusal: () => away });
  const sent = queue.append([commit("a")]);
  await settled();
  const waiting = Promise.allSettled([queue.append([commit("a")]), queue.append([commit("a")])]);
  away = new UnavailableError("away");
  queue.refuseWaiting(away);
  const refused = { status: "rejected", reason: away };
  expect(await waiting).toEqual([refused, refused]);
  await expect(queue.append([commit("b")])).rejects.toBe(away);
  begun[0]?.end();
  expect(await sent).toHaveLength(1);
  away = undefined;
  const next = queue.append([commit("a")]);
  await settled();
  begun[1]?.end();
  expect(await next).toHaveLength(1);
});

test("an append of which a part is under way is not refused with the others: its outcome is open", async () => {
  const { begun, queue } = createBatches();
  const parts = queue.append(Array.from({ length: 400 }, (_, index) => commit(`s${index}`)));
  parts.catch(() => undefined);
  await settled();
  queue.refuseWaiting(new UnavailableError("away"));
  begun[0]?.end();
  await settled();
  begun[1]?.end(new UnavailableError("away"));
  await expect(parts).rejects.toMatchObject({ code: "outcome_unknown" });
});

test("an append does not wait for its turn for ever", async () => {
  const { begun, queue } = createBatches({ waitWithinMs: 5 });
  const sent = queue.append([commit("a")]);
  await settled();
  const waiting = queue.append([commit("a")]);
  await expect(waiting).rejects.toMatchObject({ code: "unavailable" });
  begun[0]?.end();
  expect(await sent).toHaveLength(1);
  expect(begun).toHaveLength(1);
});

test("what a commit may take of a transaction is never less than what its request takes", () => {
  const large: PreparedCommit = {
    writes: [
      { path: "room/hall", expected: "any", ends: true, events: ['{"a":"ä","version":', "{}"], types: ["T", "T"] },
      { path: "room/yard", expected: 0, ends: false, events: ["x".repeat(10_000)], types: ["T"] },
    ],
    asserts: [
      { path: "room/gate", expect: "alive" },
      { path: "room/shed", expect: 3 },
    ],
    command: { id: "ü".repeat(128), outcome: "1" },
    fence: { partition: "1/31", epoch: 7, token: 2 ** 52 },
  };
  const heads = new Map([["room/hall", { version: 2 ** 52, ended: false }]]);
  const { entries, preconditions } = planBatch([large], { ...nothingRead, heads });
  const bar = attemptBarFor(preconditions);
  const request = encodeSet(entries, bar ? [...preconditions, bar.precondition] : preconditions);
  const size = sizeOf(large);
  expect(size.bytes).toBeGreaterThanOrEqual(request.length);
  expect(size.bytes - request.length).toBeLessThan(1000);
  expect(size.entries).toBeGreaterThanOrEqual(entries.length);
  // All but that of the fence, which others may share.
  expect(size.preconditions).toBeGreaterThanOrEqual(preconditions.length - 1);
});

test("the size of an answer is never less than what it takes of a transaction", () => {
  const answer: PreparedCommit = { writes: [], asserts: [], command: { id: "é".repeat(80), outcome: '"déjà vu"' } };
  const { entries, preconditions } = planBatch([answer], nothingRead);
  const size = sizeOf(answer);
  expect([size.entries, size.preconditions, size.events]).toEqual([entries.length, preconditions.length, 0]);
  expect(size.bytes).toBeGreaterThanOrEqual(encodeSet(entries, preconditions).length);
});

test("a transaction demands a fence once, however many of its commits carry it, and never more than a transaction may", async () => {
  const { begun, queue } = createBatches();
  const fenced = (path: string, partition: number): PreparedCommit =>
    commit(path, { fence: { partition: `1/${partition}`, epoch: 1, token: 2 } });
  // 3 conditions each, of 1023: 341 without a fence, 340 with one of their own, 255 with one each.
  void queue.append(Array.from({ length: 350 }, (_, index) => fenced(`a${index}`, 0)));
  await settled();
  expect(begun.map(({ streams }) => streams.length)).toEqual([340]);
  void queue.append(Array.from({ length: 350 }, (_, index) => fenced(`b${index}`, index)));
  await settled();
  expect(begun.map(({ streams }) => streams.length)).toEqual([340, 255]);
});
