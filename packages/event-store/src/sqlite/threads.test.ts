import { once } from "node:events";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { expect, test } from "vitest";
import { accepted, codeOf, commitOf, freshRef } from "../contract/samples.ts";
import type { PreparedCommit } from "../prepare.ts";
import { CorruptStoreError, ForeignStoreError, OutcomeUnknownError, StoreError, StoreInUseError, UnavailableError } from "../errors.ts";
import { createGroupCommit } from "./group-commit.ts";
import { LinkLostError, localLink, openWorkerLink, serve, serveOn } from "./link.ts";
import { openReader, type Reader } from "./reader.ts";
import { fromFailure, toFailure } from "./sqlite-errors.ts";
import { createStore, openSqliteEventStore } from "./sqlite-event-store.ts";
import { testFolders } from "./testing/test-folders.ts";
import type { CommitAnswer, Writer } from "./writer.ts";

const newFolder = testFolders();
const ignore = (): void => undefined;

test.each([true, false])(
  "[G3] when the writer's thread ends by itself, what was under way is `outcome_unknown` and later appends `unavailable` (commit made: %s)",
  async (after) => {
    const directory = newFolder();
    const options = { directory, cachedHeads: 10, maxLogBytes: null, after };
    const writer = await openWorkerLink<Writer>(new URL("./testing/dying-writer-worker.ts", import.meta.url), options, ignore);
    const store = createStore(writer, localLink<Reader>(openReader({ directory, snapshotsPerStream: 1 }, ignore)), ignore);
    const stream = freshRef();
    await accepted(store, commitOf(stream, 0));
    await accepted(store, commitOf(stream, 1));
    const lost = store.append([commitOf(stream, 2)]);
    await expect(lost).rejects.toMatchObject({ code: "outcome_unknown", message: expect.stringContaining("ended with code 7") });
    await expect(store.append([commitOf(stream, 2)])).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("open the store again"),
    });
    expect(await store.readStream(stream)).toHaveLength(after ? 3 : 2);
    expect((await store.statistics()).store_failures).toBe(2);
    await store.close();

    const again = await openSqliteEventStore({ directory });
    const [result] = await again.append([commitOf(stream, 2)]);
    expect(codeOf(result)).toBe(after ? "wrong_expected_version" : "ok");
    await again.close();
  },
);

test("a thread whose module cannot be loaded is `unavailable`", async () => {
  await expect(openWorkerLink(new URL("./no-such-worker.ts", import.meta.url), {}, ignore)).rejects.toMatchObject({ code: "unavailable" });
});

test("the thread's end of a link answers calls, failures and warnings, and closes with its engine", async () => {
  const { port1, port2 } = new MessageChannel();
  const closed = once(port1, "close");
  const engine = {
    double: (value: number) => value * 2,
    fail: () => {
      throw new CorruptStoreError("torn", { stream: "room/hall" });
    },
    close: ignore,
  };
  serveOn(port2, (warn) => {
    warn("opened");
    return engine;
  });
  const answers = (port: MessagePort, count: number) =>
    new Promise<unknown[]>((resolve) => {
      const all: unknown[] = [];
      port.on("message", (answer) => all.push(answer) === count && resolve(all));
    });
  for (const call of [
    ["open", []],
    ["double", [21]],
    ["fail", []],
    ["close", []],
  ])
    port1.postMessage(call);
  expect(await answers(port1, 5)).toEqual([
    { warning: "opened" },
    { value: undefined },
    { value: 42 },
    { failure: { code: "corrupt_store", message: "torn", details: { stream: "room/hall" } } },
    { value: undefined },
  ]);
  await closed;
  expect(() => serve(() => engine)).toThrow("worker thread");
});

test("an engine that cannot be opened answers why, and its port is closed", async () => {
  const { port1, port2 } = new MessageChannel();
  const closed = once(port1, "close");
  serveOn(port2, () => {
    throw new Error("no room");
  });
  port1.postMessage(["open", []]);
  expect(await once(port1, "message")).toMatchObject([{ failure: { code: "unavailable", message: expect.stringContaining("no room") } }]);
  await closed;
});

test("errors keep their class, code, text and details from one thread to another", () => {
  const errors = [
    new UnavailableError("a"),
    new OutcomeUnknownError("b"),
    new ForeignStoreError("c"),
    new StoreInUseError("d", { directory: "e" }),
    new CorruptStoreError("f", { stream: "room/hall", version: 2 }),
    new StoreError("other", "g", { events: 3 }),
  ];
  for (const error of errors) {
    const arrived = fromFailure(structuredClone(toFailure(error)));
    expect(arrived.constructor).toBe(error.constructor);
    expect(arrived).toMatchObject({ code: error.code, message: error.message, details: error.details });
  }
  expect(new LinkLostError("h")).toMatchObject({ code: "unavailable" });
});

const commit = (events: number): PreparedCommit => ({
  writes: [{ path: "room/hall", expected: "any", ends: false, events: Array.from({ length: events }, () => ""), types: [] }],
  asserts: [],
});

/** A writer that answers when it is told to, with the number of the commit as its position. */
function heldWriter() {
  const groups: { readonly commits: readonly PreparedCommit[]; readonly answer: () => void; readonly fail: () => void }[] = [];
  const write = (commits: readonly PreparedCommit[]): Promise<readonly CommitAnswer[]> =>
    new Promise((resolve, reject) => {
      groups.push({
        commits,
        answer: () => resolve(commits.map((_, index) => ({ position: index, versions: [] }))),
        fail: () => reject(new Error("the disk is gone")),
      });
    });
  return { groups, write, events: () => groups.map(({ commits }) => commits.map(({ writes }) => writes[0]?.events.length)) };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("appends that come while a transaction is under way share the next one, in their order, up to 1024 events", async () => {
  const { groups, write, events } = heldWriter();
  const group = createGroupCommit(write);
  const first = group.append([commit(1)]);
  await turn();
  const others = [
    group.append([commit(500), commit(12)]),
    group.append([commit(512)]),
    group.append([commit(1)]),
    group.append([commit(512)]),
    group.append([commit(512)]),
  ];
  await turn();
  expect(events()).toEqual([[1]]);
  groups[0]?.answer();
  expect(await first).toEqual([{ position: 0, versions: [] }]);
  await turn();
  expect(events()).toEqual([[1], [500, 12, 512]]);
  groups[1]?.answer();
  expect(await Promise.all(others.slice(0, 2))).toEqual(
    [[0, 1], [2]].map((positions) => positions.map((position) => ({ position, versions: [] }))),
  );
  await turn();
  expect(events().slice(2)).toEqual([[1, 512]]);
  let idle = false;
  const whenIdle = group.idle().then(() => (idle = true));
  groups[2]?.answer();
  await turn();
  expect(events().slice(3)).toEqual([[512]]);
  expect(idle).toBe(false);
  groups[3]?.answer();
  await whenIdle;
  await group.idle();
});

test("a transaction that fails fails those who share it, and the next one is tried", async () => {
  const { groups, write } = heldWriter();
  const group = createGroupCommit(write);
  const failing = [group.append([commit(1)]), group.append([commit(2)])];
  const settled = Promise.allSettled(failing);
  await turn();
  const next = group.append([commit(3)]);
  groups[0]?.fail();
  expect((await settled).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  await turn();
  groups[1]?.answer();
  expect(await next).toHaveLength(1);
});
