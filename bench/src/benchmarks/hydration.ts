import { join } from "node:path";
import { createMemoryKeyStore, type EventStore } from "@aethyr/event-store";
import { openSqliteEventStore } from "@aethyr/event-store/sqlite";
import { snapshotOf, type AggregateKind, type Ref } from "@aethyr/kernel";
import { createActorHost, hydrate, silentLog } from "@aethyr/runtime";
import { world } from "@aethyr/world";
import type { Benchmark } from "../harness/benchmark.ts";
import { figureOf, type Round } from "../harness/figure.ts";
import { startMeter } from "../harness/meter.ts";
import { envelopeOf, RefusedError } from "../system/client.ts";
import { thing } from "../system/load.ts";

const things = 400;
const eventsBefore = 50;
const eventsAfter = 50;
/** As a host loads, unless told otherwise. */
const inFlight = 64;

const kindOf = ({ type }: Ref): AggregateKind => {
  const kind = world.aggregates.get(type);
  if (kind === undefined) throw new Error(`the world has no ${type}`);
  return kind;
};

/** Things with so many events, a snapshot there, and as many events again. */
async function prepare(store: EventStore): Promise<readonly Ref[]> {
  const refs = Array.from({ length: things }, (_, number) => thing(number));
  await write(store, refs, (ref) => envelopeOf("CreateGameObject", ref, { name: "thing" }), 1);
  const note = (ref: Ref, number: number) =>
    envelopeOf("UpdateGameObjectAttribute", ref, { key: `note${number % 10}`, value: `${number} ${"x".repeat(100)}` });
  await write(store, refs, note, eventsBefore - 1);
  for (const ref of refs) {
    const { instance } = await hydrate(store, kindOf(ref), ref, silentLog);
    await store.saveSnapshot(snapshotOf(instance));
  }
  await write(store, refs, (ref, number) => note(ref, number + eventsBefore), eventsAfter);
  return refs;
}

async function write(
  store: EventStore,
  refs: readonly Ref[],
  command: (ref: Ref, number: number) => ReturnType<typeof envelopeOf>,
  times: number,
): Promise<void> {
  // Without snapshots of its own, so that those above are the newest.
  const host = createActorHost({ domain: world, store, keys: createMemoryKeyStore(), options: { snapshotEvery: { "game-object": 0 } } });
  for (let number = 0; number < times; number += 1) {
    const replies = await Promise.all(refs.map((ref) => host.submit(command(ref, number))));
    const refusal = replies.find(({ code }) => code !== "accepted");
    if (refusal !== undefined) throw new RefusedError(`a command was answered ${refusal.code}`);
  }
  await host.close();
}

/** Does the work for every thing, a few at once, over and over for so long. Returns things per second. */
async function rateOf(refs: readonly Ref[], seconds: number, work: (ref: Ref) => Promise<unknown>) {
  const stop = startMeter();
  const untilMs = performance.now() + seconds * 1000;
  let done = 0;
  async function worker(): Promise<void> {
    while (performance.now() < untilMs) {
      const ref = refs[done % refs.length]!;
      done += 1;
      await work(ref);
    }
  }
  await Promise.all(Array.from({ length: inFlight }, worker));
  const measured = stop();
  return { perSecond: done / measured.seconds, others: measured.others };
}

/** Aggregates per second from the store into memory, each from a snapshot and the events after it. */
export const hydrationBenchmark: Benchmark = {
  name: "hydration",
  about: `aggregates/s loaded from a snapshot and ${eventsAfter} events`,
  async run({ directory, rounds, seconds }, progress) {
    const store = await openSqliteEventStore({ directory: join(directory, "log") });
    progress("preparing");
    const refs = await prepare(store);
    const load = async (ref: Ref): Promise<void> => {
      const { replayed, snapshotVersion } = await hydrate(store, kindOf(ref), ref, silentLog);
      if (replayed !== eventsAfter || snapshotVersion !== eventsBefore)
        throw new Error(`${replayed} events on version ${snapshotVersion} were read`);
    };
    const onlyRead = async (ref: Ref): Promise<void> => {
      const snapshot = await store.loadSnapshot(ref);
      await store.readStream(ref, { from: (snapshot?.version ?? 0) + 1, limit: 500 });
    };
    await rateOf(refs, 1, load);
    await rateOf(refs, 1, onlyRead);
    const done: Round[] = [];
    for (let number = 1; number <= rounds; number += 1) {
      progress(`round ${number} of ${rounds}`);
      const hydrated = await rateOf(refs, seconds, load);
      const read = await rateOf(refs, seconds, onlyRead);
      done.push({ value: hydrated.perSecond, floor: read.perSecond, others: hydrated.others });
    }
    await store.close();
    return figureOf({
      name: "hydration",
      unit: "aggregates/s",
      aim: { atLeast: 2_000 },
      rounds: done,
      floorDoes: "the same two reads of the store (snapshot, tail), decoded and checked, without restoring or replaying",
      notes: [`SQLite, ${things} things of ${eventsBefore + eventsAfter} events, ${inFlight} loaded at once, files in the system's cache`],
    });
  },
};
