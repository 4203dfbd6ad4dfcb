import { createMemoryEventStore, type EventStore } from "@aethyr/event-store";
import { ref, snapshotOf, type Ref, type Snapshot } from "@aethyr/kernel";
import { hydrate, silentLog } from "@aethyr/runtime";
import { world as domain } from "@aethyr/world";
import type { RebuildOptions, RebuildReport } from "../rebuild/news.ts";
import { collected } from "./collected.ts";
import { smallWorldOfEachTest, type Reach, type ReachedWorld } from "./reach.ts";
import { command, createRoom, createThing, describe as describeRoom } from "./small-world.ts";

export const hall = ref("room", "hall");

export type RebuildableWorld = ReachedWorld & {
  /** As it is, without what is broken. */
  readonly store: EventStore;
  /** What the store does otherwise than it should. */
  broken: Partial<EventStore>;
  rebuild(options?: RebuildOptions): Promise<RebuildReport>;
  /** So many rooms, the hall at its third version, a sword, and a ghost that is gone. */
  fill(rooms?: number): Promise<void>;
  snapshotNow(the: Ref, atVersion?: number): Promise<Snapshot>;
  /** Stores a snapshot with a name that no event says. */
  saveLie(the: Ref): Promise<void>;
  /** A test's seam: the actor in memory is made to hold something that no event says. */
  corrupt(the: Ref): void;
};

/** A small world for each test, on a store that can be made to lie and to fail. */
export function rebuildableWorldOfEachTest(reach: Reach): RebuildableWorld {
  let store: EventStore;
  let broken: Partial<EventStore>;
  const small = smallWorldOfEachTest(reach, () => {
    store = createMemoryEventStore();
    broken = {};
    return { store: new Proxy(store, { get: (target, key) => Reflect.get(key in broken ? broken : target, key) as unknown }) };
  });
  const snapshotNow = async (the: Ref, atVersion?: number): Promise<Snapshot> =>
    snapshotOf((await hydrate(store, domain.aggregates.get(the.type)!, the, silentLog, atVersion)).instance);
  return {
    get world() {
      return small.world;
    },
    get operations() {
      return small.operations;
    },
    get store() {
      return store;
    },
    get broken() {
      return broken;
    },
    set broken(parts) {
      broken = parts;
    },
    async rebuild(options = {}) {
      const last = (await collected(small.operations.rebuildWorld(options))).at(-1);
      if (last?.kind !== "report") throw new Error(`it ended with ${JSON.stringify(last)}`);
      return last.report;
    },
    async fill(rooms = 20) {
      await small.operations.sendCommands([
        ...Array.from({ length: rooms }, (_, index) => createRoom(`room-${index}`)),
        createRoom("hall"),
        describeRoom("hall", "Draughty."),
        describeRoom("hall", "Warm."),
        createThing("sword", "sword"),
        createThing("gone", "ghost"),
        command("DeleteGameObject", ref("game-object", "gone"), {}),
      ]);
    },
    snapshotNow,
    async saveLie(the) {
      const snapshot = await snapshotNow(the);
      const context = { ...(snapshot.state.context as object), name: "a lie" };
      await store.saveSnapshot({ ...snapshot, state: { ...snapshot.state, context } });
    },
    corrupt(the) {
      const context = small.world.host.snapshot(the)?.state.context as { description: string };
      context.description = "A lie.";
    },
  };
}

/** What was bad, in short. */
export const badOf = ({ bad }: RebuildReport) => bad.map(({ stream, what, version, code }) => [stream?.id ?? "", what, version, code]);
