import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createMemoryEventStore, UnavailableError, type EventStore } from "@aethyr/event-store";
import { fits, ref, snapshotOf, type Json, type Ref } from "@aethyr/kernel";
import { hydrate, silentLog } from "@aethyr/runtime";
import { world as domain } from "@aethyr/world";
import type { Operations } from "../operations.ts";
import { isClean, type RebuildNews, type RebuildOptions, type RebuildReport } from "../rebuild/news.ts";
import { collected, type Opened } from "./operations-suite.ts";
import { command, createRoom, createThing, describe as describeRoom, startSmallWorld, type SmallWorld } from "./small-world.ts";

const hall = ref("room", "hall");

/** What holds of a rebuild, whichever way the operations reach their world. */
export function rebuildSuite(name: string, open: (world: SmallWorld) => Promise<Opened>): void {
  describe(`${name}: rebuild`, () => {
    const memory = createMemoryEventStore;
    let store: EventStore;
    let world: SmallWorld;
    let opened: Opened;
    let operations: Operations;
    /** What the store does otherwise than it should. */
    let broken: Partial<EventStore>;
    beforeEach(async () => {
      store = memory();
      broken = {};
      const unruly: EventStore = new Proxy(store, { get: (target, key) => Reflect.get(key in broken ? broken : target, key) as unknown });
      world = await startSmallWorld({ store: unruly });
      opened = await open(world);
      ({ operations } = opened);
    });
    afterEach(async () => {
      await operations.close();
      await opened.close();
      await world[Symbol.asyncDispose]();
    });

    async function rebuild(options: RebuildOptions = {}): Promise<RebuildReport> {
      const last = (await collected(operations.rebuildWorld(options))).at(-1);
      if (last?.kind !== "report") throw new Error(`it ended with ${JSON.stringify(last)}`);
      return last.report;
    }
    const badOf = ({ bad }: RebuildReport) => bad.map(({ stream, what, version, code }) => [stream?.id ?? "", what, version, code]);

    async function fill(rooms = 20): Promise<void> {
      await operations.sendCommands([
        ...Array.from({ length: rooms }, (_, index) => createRoom(`room-${index}`)),
        createRoom("hall"),
        describeRoom("hall", "Draughty."),
        describeRoom("hall", "Warm."),
        createThing("sword", "sword"),
        createThing("gone", "ghost"),
        command("DeleteGameObject", ref("game-object", "gone"), {}),
      ]);
    }
    const snapshotNow = async (the: Ref, atVersion?: number) =>
      snapshotOf((await hydrate(store, domain.aggregates.get(the.type)!, the, silentLog, atVersion)).instance);
    /** A test's seam: the actor in memory is made to hold something that no event says. */
    function corrupt(the: Ref): void {
      const context = world.host.snapshot(the)?.state.context as { description: string };
      context.description = "A lie.";
    }

    test("[A13] [A21] a world whose actors and snapshots are what the events make of them is equal, with real counts", async () => {
      await fill();
      await store.saveSnapshot(await snapshotNow(hall));
      await store.saveSnapshot(await snapshotNow(hall, 2));
      const report = await rebuild();
      expect(report).toMatchObject({
        streams: 23,
        events: 26,
        equal: 23,
        different: 0,
        failed: 0,
        live: { compared: 23, different: 0 },
        snapshots: { compared: 2, different: 0, unused: 0, written: 0 },
        anew: null,
        complete: true,
        aggregates: 22,
        bad: [],
        moreBad: 0,
      });
      expect(report.hash).toMatch(/^[0-9a-f]{64}$/);
      expect(isClean(report)).toBe(true);
    });

    test("[A13] an empty world is equal to itself", async () => {
      expect(await rebuild()).toMatchObject({ streams: 0, events: 0, complete: true, bad: [] });
    });

    test("[A13] a corrupt actor and a corrupt snapshot are both named, and all that was found is reported", async () => {
      await fill();
      const sword = ref("game-object", "sword");
      const snapshot = await snapshotNow(sword);
      await store.saveSnapshot({
        ...snapshot,
        state: { ...snapshot.state, context: { ...(snapshot.state.context as object), name: "a lie" } },
      });
      corrupt(hall);
      const news = await collected(operations.rebuildWorld());
      const report = news.at(-1) as Extract<RebuildNews, { kind: "report" }>;
      expect(badOf(report.report)).toEqual([
        ["sword", "snapshot", 1, "differs"],
        ["hall", "live", 3, "differs"],
      ]);
      expect(report.report).toMatchObject({ different: 2, equal: 21, live: { different: 1 }, snapshots: { compared: 1, different: 1 } });
      expect(isClean(report.report)).toBe(false);
      expect(news.filter(({ kind }) => kind === "bad")).toHaveLength(2);
      expect(news.some(({ kind }) => kind === "progress")).toBe(true);
    });

    test("[A13] cleared, the actors are made anew and equal; with snapshots written, those too", async () => {
      await fill();
      const snapshot = await snapshotNow(hall);
      await store.saveSnapshot({
        ...snapshot,
        state: { ...snapshot.state, context: { ...(snapshot.state.context as object), name: "a lie" } },
      });
      corrupt(hall);
      const first = await rebuild({ clear: true, writeSnapshots: true });
      expect(new Set(badOf(first).map(([, what]) => what))).toEqual(new Set(["live", "snapshot"]));
      expect(first).toMatchObject({ snapshots: { written: 1 }, anew: { compared: 23, different: 0 } });
      expect(await rebuild()).toMatchObject({ equal: 23, bad: [], live: { different: 0 } });
      expect(await operations.showAggregate(hall)).toMatchObject({ context: { name: "The hall", description: "Warm." } });
      await operations.sendCommands([command("UpdateRoomDescription", hall, { description: "A lie." })]);
      expect(await operations.showAggregate(hall)).toMatchObject({ version: 4 });
    });

    test("[A13] an actor that is made anew from a corrupt snapshot is named once more", async () => {
      await fill(1);
      const snapshot = await snapshotNow(hall);
      await store.saveSnapshot({
        ...snapshot,
        state: { ...snapshot.state, context: { ...(snapshot.state.context as object), name: "a lie" } },
      });
      expect(await rebuild({ clear: true })).toMatchObject({
        anew: { different: 1 },
        bad: [{ what: "snapshot" }, { what: "live", message: expect.stringContaining("also after it was made anew") as string }],
      });
    });

    test("[A14] without any snapshot it is the same world, and snapshots are written where the policy wants them", async () => {
      const many = Array.from({ length: 250 }, (_, index) => describeRoom("hall", `${index}`));
      await operations.sendCommands([createRoom("hall"), createRoom("yard"), ...many]);
      const before = await rebuild();
      broken = { loadSnapshot: async () => undefined };
      const without = await rebuild({ writeSnapshots: true });
      broken = {};
      expect(without).toMatchObject({ hash: before.hash, equal: 2, snapshots: { compared: 0, written: 1 } });
      const saved = await store.loadSnapshot(hall);
      expect(saved).toMatchObject({ version: 251, state: { context: { description: "249" } } });
      expect(fits(domain.aggregates.get("room")!, saved!)).toBe(true);
    });

    test("[A13] the hash tells worlds apart, whatever the way that led there", async () => {
      await fill(2);
      const one = await rebuild();
      await operations.sendCommands([describeRoom("hall", "Cold.")]);
      const other = await rebuild();
      await operations.sendCommands([describeRoom("hall", "Warm.")]);
      const again = await rebuild();
      expect(other.hash).not.toBe(one.hash);
      expect(again.hash).toBe(one.hash);
    });

    describe("a stream that cannot be replayed is named, and the others are replayed all the same", () => {
      async function append(the: Ref, type: string, data: Json, schema = 1): Promise<void> {
        const [head] = await store.heads([the]);
        const meta = { command: `${type}-x`, actor: null, correlation: "x", causation: null };
        const event = { id: `${type}-${the.id}/0`, type, schema, machine: 1, time: "2026-01-01T00:00:00.000Z", data, meta };
        await store.append([{ writes: [{ stream: the, expected: head!.version === 0 ? "no-stream" : head!.version, events: [event] }] }]);
      }

      test.each([
        ["the chart refuses", ref("room", "bad"), "RoomDescriptionUpdated", { description: "x" }, 1, "illegal_event"],
        ["nobody knows", ref("room", "bad"), "RoomSang", {}, 1, "unreadable_event"],
        ["is newer than the program", ref("room", "bad"), "RoomCreated", {}, 9, "unreadable_event"],
        ["is of an unknown type", ref("dragon", "bad"), "Born", {}, 1, "unknown_aggregate_type"],
      ] as const)("[A13] an event that %s", async (_, the, type, data, schema, code) => {
        await fill(3);
        await append(the, type, data, schema);
        const report = await rebuild();
        expect(badOf(report)).toEqual([["bad", "log", 1, code]]);
        expect(report).toMatchObject({ streams: 7, equal: 6, failed: 1, complete: false });
      });

      test("[A13] a hole, and an end that is missing", async () => {
        await fill(3);
        const { readStream } = store;
        const without = (missing: number): void => {
          broken = {
            readStream: async (the, options) =>
              (await readStream(the, options)).filter((each) => the.id !== "hall" || each.version !== missing),
          };
        };
        without(2);
        expect(badOf(await rebuild())).toEqual([["hall", "log", 2, "unreadable_event"]]);
        without(3);
        expect(badOf(await rebuild())).toEqual([
          ["hall", "log", 3, "incomplete"],
          ["hall", "live", 3, "ahead_of_log"],
        ]);
      });

      test("[A13] a stream that the log counts and does not list", async () => {
        await fill(3);
        const { listStreams } = store;
        broken = { listStreams: async (options) => (await listStreams(options)).filter(({ id }) => id !== "hall") };
        const report = await rebuild();
        expect(report).toMatchObject({ complete: false, bad: [{ stream: null, what: "log", code: "incomplete" }] });
      });

      test("[A13] of very many bad streams the first hundred are named, the others counted", async () => {
        await fill(0);
        for (let index = 0; index < 130; index += 1) await append(ref("room", `bad-${index}`), "RoomSang", {});
        const report = await rebuild();
        expect([report.bad.length, report.moreBad, report.failed]).toEqual([100, 30, 130]);
      });
    });

    test("[A13] snapshots of another machine, or of a later log, are nobody's and no fault", async () => {
      await fill(1);
      const snapshot = await snapshotNow(hall);
      await store.saveSnapshot({ ...snapshot, version: 1, machine: { ...snapshot.machine, structure: "another" } });
      await store.saveSnapshot({ ...snapshot, version: 99 });
      expect(await rebuild()).toMatchObject({ bad: [], snapshots: { compared: 0, unused: 2 } });
    });

    test("[G11] [A21] a store that fails ends the rebuild with its error, and no report", async () => {
      await fill(30);
      let reads = 0;
      const { readStream } = store;
      broken = {
        readStream: async (the, options) => {
          if ((reads += 1) > 10) throw new UnavailableError("the disk is gone");
          return readStream(the, options);
        },
      };
      const news: RebuildNews[] = [];
      await expect(
        (async () => {
          for await (const each of operations.rebuildWorld()) news.push(each);
        })(),
      ).rejects.toMatchObject({ code: "unavailable" });
      expect(news.map(({ kind }) => kind)).not.toContain("report");
      broken = {};
      expect(await rebuild()).toMatchObject({ bad: [] });
    });

    test("[A13] the world goes on meanwhile: commands are answered while it is replayed, and make no difference", async () => {
      await fill(400);
      let answered = 0;
      let isDone = false;
      const sending = (async () => {
        while (!isDone) {
          const [reply] = await operations.sendCommands([describeRoom("hall", `${answered}`)]);
          if (reply?.code === "accepted") answered += 1;
        }
      })();
      const { readStream } = store;
      broken = {
        async readStream(the, options) {
          // In the middle of it: so much happens before it goes on.
          if (the.id === "room-200") while (answered < 20) await new Promise(setImmediate);
          return readStream(the, options);
        },
      };
      const report = await rebuild({ clear: true });
      isDone = true;
      await sending;
      expect(answered).toBeGreaterThanOrEqual(20);
      expect(report).toMatchObject({ bad: [], streams: 403, equal: 403 });
    });

    test("[G12] one rebuild at a time: a second one is refused, and one that was given up makes room", async () => {
      await fill(30);
      const first = operations.rebuildWorld()[Symbol.asyncIterator]();
      const gate = Promise.withResolvers<void>();
      const { readStream } = store;
      const reached = Promise.withResolvers<void>();
      broken = {
        readStream: async (the, options) => {
          reached.resolve();
          await gate.promise;
          return readStream(the, options);
        },
      };
      const begun = first.next();
      await reached.promise;
      await expect(rebuild()).rejects.toMatchObject({ code: "busy" });
      gate.resolve();
      await begun;
      await first.return?.();
      broken = {};
      expect(await freed(rebuild)).toMatchObject({ bad: [] });
    });

    test("[G12] it ends with its signal, and when the operations close", async () => {
      await fill(50);
      const stop = new AbortController();
      const { readStream } = store;
      broken = {
        readStream: async (the, options) => {
          stop.abort(new Error("enough"));
          return readStream(the, options);
        },
      };
      await expect(rebuild({ signal: stop.signal })).rejects.toThrow("enough");
      broken = {};
      await operations.close();
      await expect(rebuild()).rejects.toMatchObject({ code: "closed" });
    });
  });
}

/** Tries until the rebuild before has noticed that nobody listens any more. */
async function freed<T>(attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "busy")) throw error;
    }
    await new Promise(setImmediate);
  }
}
