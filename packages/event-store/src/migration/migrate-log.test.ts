import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ref, type Json } from "@aethyr/kernel";
import { accepted, commitOf, newEvent, newEvents, write } from "../contract/samples.ts";
import { LimitExceededError, UnavailableError } from "../errors.ts";
import type { Commit, EventStore } from "../event-store.ts";
import { createMemoryEventStore } from "../memory/memory-event-store.ts";
import { digestOfLog } from "./log-digest.ts";
import { migrateLog, type MigrationProgress } from "./migrate-log.ts";
import { doors } from "./testing/doors.ts";
import { enact, history, toldBy } from "./testing/histories.ts";

const hall = ref("room", "hall");
const cellar = ref("room", "cellar");

/** A target that stops in the middle of an append, where `dies` tells how many of its commits are there. */
function dying(store: EventStore, dies: () => number | null): EventStore {
  return {
    ...store,
    append: async (commits) => {
      const survivors = dies();
      if (survivors === null) return store.append(commits);
      await store.append(commits.slice(0, survivors));
      throw new UnavailableError("killed");
    },
  };
}

const events = (command: string, count: number) =>
  newEvents(count).map((event, index) => ({ ...event, id: `${command}/${index + 1}`, meta: { ...event.meta, command } }));

const commandOf = (id: string, outcome: Json = { [id]: 1 }) => ({ command: { id, outcome } });

describe("migrateLog", () => {
  test("[G2] [G3] [D18] every history arrives: events in order with ids, times, versions, outcomes, ends; positions of memory too", () =>
    fc.assert(
      fc.asyncProperty(history, fc.integer({ min: 1, max: 20 }), async (deeds, batch) => {
        const [from, to] = [createMemoryEventStore(), createMemoryEventStore()];
        await enact(from, deeds);
        const report = await migrateLog(from, to, { batch });
        expect(await toldBy(to)).toEqual(await toldBy(from));
        expect(await to.readAll(0)).toEqual(await from.readAll(0));
        expect(report.copied).toBe(await from.head());
        const digest = await digestOfLog(from);
        expect(await digestOfLog(to, { batch: 3 })).toEqual(digest);
        expect(report).toMatchObject(digest);
      }),
      { numRuns: 80 },
    ));

  test("[A18] stopped anywhere, again and again, it goes on where it was: nothing is lost and nothing doubled", () =>
    fc.assert(
      fc.asyncProperty(history, fc.integer({ min: 1, max: 20 }), fc.infiniteStream(fc.option(fc.nat(4))), async (deeds, batch, deaths) => {
        const [from, to] = [createMemoryEventStore(), createMemoryEventStore()];
        await enact(from, deeds);
        const target = dying(to, () => deaths.next().value as number | null);
        let copied: number | undefined;
        for (let run = 0; copied === undefined && run < 500; run += 1) {
          copied = await migrateLog(from, target, { batch }).then(
            (report) => report.copied,
            (error: unknown) => {
              expect(error).toMatchObject({ code: "unavailable" });
              return undefined;
            },
          );
        }
        expect(copied).toBeDefined();
        expect(await toldBy(to)).toEqual(await toldBy(from));
        expect((await migrateLog(from, to)).copied).toBe(0);
      }),
      { numRuns: 80 },
    ));

  test("[G5] what a commit wrote to several streams is one commit again, at its end the command", async () => {
    const [from, to] = [createMemoryEventStore(), createMemoryEventStore()];
    const appended: Commit[] = [];
    await accepted(from, {
      writes: [write(hall, 0, events("a", 2)), write(cellar, 0, events("a", 1), true)],
      ...commandOf("a", { "room/hall": 2 }),
    });
    await accepted(from, { writes: [write(hall, 2, events("b", 1))], ...commandOf("b") });
    await migrateLog(from, { ...to, append: (commits) => (appended.push(...commits), to.append(commits)) });
    expect(appended).toEqual([
      {
        writes: [
          { stream: hall, expected: 0, events: expect.toSatisfy((of: unknown[]) => of.length === 2), ends: false },
          { stream: cellar, expected: 0, events: expect.toSatisfy((of: unknown[]) => of.length === 1), ends: true },
        ],
        command: { id: "a", outcome: { "room/hall": 2 } },
      },
      expect.objectContaining({ command: { id: "b", outcome: { b: 1 } } }),
    ]);
  });

  test("it reads and appends in batches, whatever the sizes of the commits", async () => {
    const [from, to] = [createMemoryEventStore(), createMemoryEventStore()];
    await accepted(from, { writes: [write(hall, 0, events("large", 500))], ...commandOf("large") });
    for (let index = 0; index < 50; index += 1)
      await accepted(from, { writes: [write(cellar, index, events(`c${index}`, 1))], ...commandOf(`c${index}`) });
    const sizes: number[] = [];
    const pages = new Set<number | undefined>();
    const counting = (store: EventStore): EventStore => ({
      ...store,
      readAll: (after, limit) => (pages.add(limit), store.readAll(after, limit)),
      append: (commits) => (sizes.push(commits.flatMap(({ writes }) => writes.flatMap((of) => of.events)).length), store.append(commits)),
    });
    const progress: MigrationProgress[] = [];
    await migrateLog(counting(from), counting(to), { batch: 20, onProgress: (now) => progress.push(now) });
    expect(sizes).toEqual([500, 20, 20, 10]);
    expect([...pages]).toEqual([20]);
    expect([...new Set(progress.map(({ phase }) => phase))]).toEqual(["copy", "verify", "streams"]);
    expect(progress.filter(({ phase }) => phase === "copy").map(({ done }) => done)).toEqual([500, 520, 540, 550]);
    expect(progress.findLast(({ phase }) => phase === "verify")).toEqual({ phase: "verify", done: 550, position: 550, head: 550 });
  });

  test.each<[string, string, (to: EventStore) => Promise<unknown>]>([
    [
      "another event",
      "another event",
      (to) => accepted(to, { writes: [write(hall, 0, [newEvent("RoomCreated", { name: "Other" })])], ...commandOf("a") }),
    ],
    [
      "the same event on another stream",
      "another event",
      (to) => accepted(to, { writes: [write(cellar, 0, events("a", 1))], ...commandOf("a") }),
    ],
    [
      "another outcome",
      "another outcome of command a",
      (to) => accepted(to, { writes: [write(hall, 0, sameEvents)], ...commandOf("a", "other") }),
    ],
    ["no outcome", "another outcome of command a", (to) => accepted(to, { writes: [write(hall, 0, sameEvents)] })],
    ["a stream that ends", "a stream that ends", (to) => accepted(to, { writes: [write(hall, 0, sameEvents, true)], ...commandOf("a") })],
    [
      "more than the source",
      "goes on where the source ends",
      async (to) => {
        await accepted(to, { writes: [write(hall, 0, sameEvents)], ...commandOf("a") });
        await accepted(to, { writes: [write(cellar, 0, moreEvents)], ...commandOf("b") });
        await accepted(to, commitOf(cellar, 1));
      },
    ],
  ])("[D18] a target that holds %s is refused and left as it is", async (_what, message, prepare) => {
    const [from, to] = [createMemoryEventStore(), createMemoryEventStore()];
    await accepted(from, { writes: [write(hall, 0, sameEvents)], ...commandOf("a") });
    await accepted(from, { writes: [write(cellar, 0, moreEvents)], ...commandOf("b") });
    await prepare(to);
    const before = await toldBy(to);
    await expect(migrateLog(from, to)).rejects.toMatchObject({
      code: "other_history",
      message: expect.stringContaining(message),
      details: { stream: expect.stringContaining("room/"), version: expect.any(Number), targetPosition: expect.any(Number) },
    });
    expect(await toldBy(to)).toEqual(before);
  });

  test("a commit that the target does not take at once arrives in parts, its command with the last", async () => {
    const [from, to] = [createMemoryEventStore(), createMemoryEventStore()];
    await accepted(from, {
      writes: [write(hall, 0, events("a", 5), true), write(cellar, 0, events("a", 4), true)],
      ...commandOf("a"),
    });
    await accepted(from, { writes: [write(ref("room", "attic"), 0, events("b", 3))], ...commandOf("b") });
    const strict: EventStore = {
      ...to,
      append: async (commits) => {
        const count = commits.flatMap(({ writes }) => writes.flatMap((of) => of.events)).length;
        if (count > 2) throw new LimitExceededError("events", 2, count);
        return to.append(commits);
      },
    };
    expect((await migrateLog(from, strict)).copied).toBe(12);
    expect(await toldBy(to)).toEqual(await toldBy(from));
    const none = { ...createMemoryEventStore(), append: () => Promise.reject(new LimitExceededError("bytes", 1, 2)) };
    await expect(migrateLog(from, none)).rejects.toMatchObject({ code: "limit_exceeded" });
  });

  test("it goes on with what the source got meanwhile, and gives up on one that is written for ever", async () => {
    const [from, to] = [createMemoryEventStore(), createMemoryEventStore()];
    await accepted(from, commitOf(hall, 0));
    let writes = 0;
    const head = async (): Promise<number> => {
      if (writes < 2) {
        writes += 1;
        await accepted(from, commitOf(hall, "any"));
      }
      return from.head();
    };
    const report = await migrateLog({ ...from, head }, to);
    expect(report).toMatchObject({ events: 3, copied: 3 });
    expect(await toldBy(to)).toEqual(await toldBy(from));
    const restless = { ...from, head: async () => (await accepted(from, commitOf(hall, "any"))).position };
    await expect(migrateLog(restless, to)).rejects.toMatchObject({
      code: "migration_disturbed",
      message: expect.stringContaining("source"),
    });
  });

  test("a stream that goes on and ends while the source is read ends in the target as well", async () => {
    const [from, to] = [createMemoryEventStore(), createMemoryEventStore()];
    await accepted(from, commitOf(hall, 0, 3));
    let reads = 0;
    const moving: EventStore = {
      ...from,
      heads: async (streams) => {
        const heads = await from.heads(streams);
        reads += 1;
        if (reads === 1) await accepted(from, { writes: [write(hall, 3, 1, true)] });
        return heads;
      },
    };
    await migrateLog(moving, to, { batch: 1 });
    expect(await to.heads([hall])).toEqual([{ version: 4, ended: true }]);
  });

  test("of two migrations at once both end well; a target that somebody else writes is told from one that is left alone", async () => {
    const [from, to] = [createMemoryEventStore(), createMemoryEventStore()];
    for (let index = 0; index < 40; index += 1)
      await accepted(from, { writes: [write(hall, index, events(`c${index}`, 1))], ...commandOf(`c${index}`) });
    const ends = await Promise.allSettled([migrateLog(from, to, { batch: 20 }), migrateLog(from, to, { batch: 20 })]);
    expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
    expect(await toldBy(to)).toEqual(await toldBy(from));
    const other = createMemoryEventStore();
    const busy = { ...other, append: () => other.append([commitOf(hall, 7)]) };
    await expect(migrateLog(from, busy)).rejects.toMatchObject({
      code: "migration_disturbed",
      message: expect.stringContaining("target"),
      cause: { code: "wrong_expected_version" },
    });
  });

  test("a signal stops it between two pages, and nothing is left under way", async () => {
    const [from, to] = [createMemoryEventStore(), createMemoryEventStore()];
    for (let index = 0; index < 40; index += 1) await accepted(from, commitOf(hall, index));
    const stop = new AbortController();
    const stopped = migrateLog(from, to, { batch: 10, signal: stop.signal, onProgress: ({ phase }) => phase === "copy" && stop.abort() });
    await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
    expect(await to.head()).toBe(10);
    expect((await migrateLog(from, to, { batch: 10 })).copied).toBe(30);
  });

  test.each([0, 513, 1.5])("a batch of %s is refused", async (batch) => {
    const store = createMemoryEventStore();
    await expect(migrateLog(store, store, { batch })).rejects.toMatchObject({ code: "invalid_request" });
  });

  test("what a journal has beside its log is not copied", async () => {
    const from = createMemoryEventStore();
    await accepted(from, { writes: [write(hall, 0, events("a", 1))], ...commandOf("a") });
    const provisional = { ...from, outcomes: async () => [{ outcome: 1, position: 0, provisional: true as const }] };
    await expect(migrateLog(provisional, createMemoryEventStore())).rejects.toMatchObject({ code: "invalid_request" });
  });

  test("an empty log is migrated, and so is one of which the target has all", async () => {
    const [from, to] = [createMemoryEventStore(), createMemoryEventStore()];
    expect(await migrateLog(from, to)).toMatchObject({ events: 0, commands: 0, endedStreams: 0, copied: 0, streams: 0 });
    await accepted(from, commitOf(hall, 0));
    await migrateLog(from, to);
    const untouched = { ...to, append: () => Promise.reject(new Error("there is nothing to append")) };
    expect(await migrateLog(from, untouched)).toMatchObject({ events: 1, copied: 0, streams: 1 });
  });
});

describe("with a domain", () => {
  const door = (id: string) => ref("door", id);
  const opened = async () => {
    const from = createMemoryEventStore();
    for (let index = 0; index < 40; index += 1)
      await accepted(from, commitOf(door(`d${index}`), 0, [newEvent("Opened", {}), ...(index % 2 === 0 ? [newEvent("Shut", {})] : [])]));
    return from;
  };

  test("the states of all aggregates are compared, and their hash is the same on both sides", async () => {
    const [from, to] = [await opened(), createMemoryEventStore()];
    const there = await migrateLog(from, to, { domain: doors, batch: 7 });
    const back = await migrateLog(to, createMemoryEventStore(), { domain: doors });
    expect(there).toMatchObject({ streams: 40, states: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(back).toEqual({ ...there, copied: there.events });
    const others = createMemoryEventStore();
    await accepted(others, commitOf(door("d0"), 0, [newEvent("Opened", {})]));
    expect((await migrateLog(others, createMemoryEventStore(), { domain: doors })).states).not.toBe(there.states);
  });

  test("a stream that reads otherwise by its name than in the log is found, and so is one that is not listed", async () => {
    const [from, to] = [await opened(), createMemoryEventStore()];
    await migrateLog(from, to);
    const short: EventStore = { ...to, readStream: async (stream, options) => (await to.readStream(stream, options)).slice(0, 1) };
    await expect(migrateLog(from, short, { domain: doors })).rejects.toMatchObject({
      code: "other_history",
      details: { stream: "door/d0" },
    });
    const hidden: EventStore = { ...to, listStreams: async (options) => (await to.listStreams(options)).filter(({ id }) => id !== "d3") };
    await expect(migrateLog(from, hidden)).rejects.toMatchObject({ code: "other_history", details: { stream: "door/d3" } });
    await expect(migrateLog(hidden, from)).rejects.toMatchObject({ code: "other_history", details: { stream: "door/d3" } });
  });

  test("an aggregate that the domain does not have is named", async () => {
    const from = createMemoryEventStore();
    await accepted(from, commitOf(hall, 0));
    await expect(migrateLog(from, createMemoryEventStore(), { domain: doors })).rejects.toMatchObject({
      code: "invalid_request",
      message: expect.stringContaining("room"),
    });
  });
});

const sameEvents = events("a", 1);
const moreEvents = events("b", 1);
