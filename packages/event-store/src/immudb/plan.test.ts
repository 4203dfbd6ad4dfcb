import { expect, test } from "vitest";
import type { PreparedCommit, PreparedWrite } from "../prepare.ts";
import { nothingRead, planBatch, type Known } from "./plan.ts";

const write = (path: string, expected: PreparedWrite["expected"], ends = false): PreparedWrite => ({
  path,
  expected,
  ends,
  events: ['{"version":'],
  types: ["T"],
});
const commit = (writes: readonly PreparedWrite[], more: Partial<PreparedCommit> = {}): PreparedCommit => ({ writes, asserts: [], ...more });

const conditionsOf = (commits: readonly PreparedCommit[], facts = nothingRead): readonly string[] =>
  planBatch(commits, facts).preconditions.map(
    ({ kind, key }) => `${kind === "mustExist" ? "" : "no "}${Buffer.from(key).toString().replace(/0{15}/, "")}`,
  );

test("a new stream is held to one condition, one that exists to three", () => {
  expect(conditionsOf([commit([write("r/a", "no-stream")])])).toEqual(["no e/r/a/1"]);
  expect(conditionsOf([commit([write("r/a", 5)])])).toEqual(["e/r/a/5", "no e/r/a/6", "no end/r/a"]);
});

test("what a commit of the batch wrote is no condition of the next", () => {
  expect(
    conditionsOf([
      commit([write("r/a", 5)]),
      commit([write("r/a", 6)]),
      commit([write("r/b", 0)], { asserts: [{ path: "r/a", expect: "alive" }] }),
    ]),
  ).toEqual(["e/r/a/5", "no e/r/a/6", "no end/r/a", "no e/r/b/1"]);
});

test("alive asks for a first event and no end, a version for itself and not the next", () => {
  const asserting = (expect: number | "alive"): readonly string[] =>
    conditionsOf([commit([write("r/a", 0)], { asserts: [{ path: "r/b", expect }] })]);
  expect(asserting("alive")).toEqual(["e/r/b/1", "no end/r/b", "no e/r/a/1"]);
  expect(asserting(3)).toEqual(["e/r/b/3", "no e/r/b/4", "no e/r/a/1"]);
  expect(asserting(0)).toEqual(["no e/r/b/1", "no e/r/a/1"]);
});

test("two commits that cannot both be right about a stream cannot both be made: the log decides", () => {
  const alive = commit([write("r/a", 0)], { asserts: [{ path: "r/x", expect: "alive" }] });
  expect(conditionsOf([alive, commit([write("r/x", 0)])])).toEqual(expect.arrayContaining(["e/r/x/1", "no e/r/x/1"]));
  const refused = planBatch([commit([write("r/x", 4)]), commit([write("r/x", 4)])], nothingRead).resultsOf(2);
  expect(refused).toMatchObject([{ ok: true }, { ok: false, error: { code: "wrong_expected_version", actual: 5 } }]);
});

test("a writer who does not say where a stream is makes it be read first, unless the batch tells", () => {
  expect(planBatch([commit([write("r/a", "any")]), commit([write("r/b", "stream-exists")])], nothingRead).unread).toEqual(["r/a", "r/b"]);
  const plan = planBatch([commit([write("r/a", 3)]), commit([write("r/a", "any")])], nothingRead);
  expect(plan.unread).toEqual([]);
  expect(plan.resultsOf(9)).toMatchObject([{ versions: [4] }, { versions: [5], position: 9 * 1024 + 1 }]);
  expect(() => planBatch([commit([write("r/a", "any")])], nothingRead).resultsOf(1)).toThrow();
});

test("[G3] a command that is recorded, or comes twice, is refused with what is recorded", () => {
  const facts: Known = { ...nothingRead, recorded: new Map([["c1", { outcome: "before", position: 7 }]]) };
  const command = (id: string): Partial<PreparedCommit> => ({ command: { id, outcome: '"now"' } });
  const plan = planBatch(
    [commit([write("r/a", 0)], command("c1")), commit([write("r/b", 0)], command("c2")), commit([write("r/c", 0)], command("c2"))],
    facts,
  );
  expect(plan.resultsOf(3)).toMatchObject([
    { error: { outcome: "before", position: 7 } },
    { ok: true, position: 3 * 1024 },
    { error: { outcome: "now", position: 3 * 1024 } },
  ]);
  expect(plan.entries.map(({ key }) => key.toString())).toEqual(["e/r/b/0000000000000001", "a/r/b", "c/c2"]);
});

test("[G3] an answer demands that its command was never recorded, and is at position 0 beside whatever is in its transaction", () => {
  const command = (id: string): Partial<PreparedCommit> => ({ command: { id, outcome: `"${id}"` } });
  const batch = [
    commit([write("r/a", 0)], command("c1")),
    commit([], command("c2")),
    commit([write("r/b", 0)], command("c2")),
    commit([], command("c1")),
  ];
  expect(conditionsOf(batch)).toEqual(["no e/r/a/1", "no c/c1", "no c/c2"]);
  const plan = planBatch(batch, nothingRead);
  expect(plan.entries.map(({ key }) => key.toString())).toEqual(["e/r/a/0000000000000001", "a/r/a", "c/c1", "c/c2"]);
  expect(plan.resultsOf(3)).toMatchObject([
    { ok: true, position: 3 * 1024 },
    { ok: true, position: 0, versions: [] },
    { error: { code: "command_already_recorded", outcome: "c2", position: 0 } },
    { error: { code: "command_already_recorded", outcome: "c1", position: 3 * 1024 } },
  ]);
  const fence = { partition: "1/3", epoch: 2, token: 9 };
  expect(conditionsOf([commit([], { ...command("c3"), fence })])).toEqual(["no c/c3", "no fence/1/3"]);
  expect(
    conditionsOf([commit([], { ...command("c3"), fence })], {
      ...nothingRead,
      fences: new Map([["1/3", { ...fence, epoch: 3, token: 12 }]]),
    }),
  ).toEqual([]);
});
