import type { EventStore } from "@aethyr/event-store";
import { snapshotOf, type AggregateKind, type Ref } from "@aethyr/kernel";
import { hydrate, silentLog } from "@aethyr/runtime";
import { world } from "@aethyr/world";
import { bareCallsDo, runBareCalls } from "../floors/bare-calls.ts";
import { recordingCalls } from "../floors/recorded-calls.ts";
import type { Benchmark } from "../harness/benchmark.ts";
import { figureOf, type Aim, type Round } from "../harness/figure.ts";
import { startMeter } from "../harness/meter.ts";
import { shown } from "../harness/report.ts";
import { percentile } from "../harness/stats.ts";
import { withLogAndFloor } from "../immudb/log-and-floor.ts";
import { createClient } from "../system/client.ts";
import { startSystem } from "../system/embedded-system.ts";
import { createChoice, createNotes, createThings, thing } from "../system/load.ts";

type Variant = {
  readonly name: string;
  readonly about: string;
  readonly events: number;
  /** Whether the host wrote snapshots meanwhile, as it is set to by itself. */
  readonly snapshots: boolean;
  /** Which version is asked for: the newest, or any. */
  readonly at: "newest" | "any";
  /** Which of the times is the figure. */
  readonly share: number;
  readonly aim: Aim;
};

/** What a short run has of them. */
const shortShare = 0.1;
const inFlight = 64;
const subject = thing(0);
const kind = kindOf(subject);

function kindOf({ type }: Ref): AggregateKind {
  const found = world.aggregates.get(type);
  if (found === undefined) throw new Error(`the world has no ${type}`);
  return found;
}

/** Half of what the host leaves between two snapshots by itself: what is to be replayed in the middle. */
const tail = 50;

/** Appends events to the subject's stream by commands through a host, which writes snapshots as it does by itself, or none. */
async function writeEvents(store: EventStore, events: number, snapshots: boolean): Promise<void> {
  const options = snapshots ? {} : { snapshotEvery: { [subject.type]: 0 } };
  const { bus, close } = await startSystem({ store, relay: false, options });
  const client = createClient(bus);
  const notes = createNotes(client);
  const [head] = await store.heads([subject]);
  if (head?.version === 0) await createThings(client, 1);
  let left = head?.version === 0 ? events - 1 : events;
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (left-- > 0) await notes.sendTo(subject);
    }),
  );
  await close();
}

async function writeStream(store: EventStore, events: number, { snapshots, at }: Pick<Variant, "snapshots" | "at">): Promise<void> {
  if (!snapshots || at === "any") {
    await writeEvents(store, events, snapshots);
    return;
  }
  await writeEvents(store, events - tail, true);
  const { instance } = await hydrate(store, kind, subject, silentLog);
  await store.saveSnapshot(snapshotOf(instance));
  await writeEvents(store, tail, false);
}

/** Milliseconds until an aggregate is in memory as it was at a version. */
const immudbReads = ({ name, about, events: wanted, snapshots, at, share, aim }: Variant): Benchmark => ({
  name,
  about,
  needs: "immudb",
  run: ({ directory, rounds, seconds, short }, progress) =>
    withLogAndFloor(directory, async ({ store, server, again }) => {
      const events = short ? wanted * shortShare : wanted;
      progress(`writing ${events} events`);
      await writeStream(store, events, { snapshots, at });
      const choose = createChoice();
      let replayedMost = 0;
      const done: (Round & { readonly loads: number; readonly p50: number })[] = [];
      // Opened anew: nothing is left of what the writer knew.
      await again(async (log) => {
        async function once(): Promise<{ readonly ms: number; readonly floorMs: number }> {
          const version = at === "any" ? 1 + choose(events) : events;
          const startedMs = performance.now();
          const { result, calls } = await recordingCalls(() => hydrate(log, kind, subject, silentLog, at === "any" ? version : undefined));
          const ms = performance.now() - startedMs;
          if (result.instance.version !== version) throw new Error(`version ${result.instance.version} is there, not ${version}`);
          replayedMost = Math.max(replayedMost, result.replayed);
          return { ms, floorMs: await runBareCalls(calls) };
        }
        await once();
        for (let number = 1; number <= rounds; number += 1) {
          progress(`round ${number} of ${rounds}`);
          const meter = startMeter(server);
          const times: { readonly ms: number; readonly floorMs: number }[] = [];
          for (const untilMs = performance.now() + seconds * 2_000; performance.now() < untilMs;) times.push(await once());
          const of = (values: readonly number[]): number => percentile(values, share);
          done.push({
            value: of(times.map(({ ms }) => ms)),
            floor: of(times.map(({ floorMs }) => floorMs)),
            others: meter().others,
            loads: times.length,
            p50: percentile(
              times.map(({ ms }) => ms),
              0.5,
            ),
          });
        }
      });
      return figureOf({
        name,
        unit: share === 0.5 ? "ms (p50)" : `ms (p${share * 100})`,
        aim,
        rounds: done,
        floorDoes: bareCallsDo,
        notes: [
          `a stream of ${events} events${short ? ` (SHORT: ${wanted} are meant)` : ""}, ${snapshots ? "with the snapshots that the host writes by itself" : "without snapshots"}; at most ${replayedMost} events replayed`,
          ...done.slice(-1).map(({ loads, p50 }) => `last round: ${loads} loads, one after the other, p50 ${shown(p50)} ms`),
        ],
      });
    }),
});

export const immudbReadBenchmarks: readonly Benchmark[] = [
  immudbReads({
    name: "immudb-hydrate-snapshot",
    about: "ms to load an aggregate of 10,000 events from its snapshot and its tail",
    events: 10_000,
    snapshots: true,
    at: "newest",
    share: 0.5,
    aim: { atMost: 10 },
  }),
  immudbReads({
    name: "immudb-hydrate-events",
    about: "ms to load an aggregate of 10,000 events from its events alone",
    events: 10_000,
    snapshots: false,
    at: "newest",
    share: 0.5,
    aim: { atMost: 700 },
  }),
  immudbReads({
    name: "immudb-any-version",
    about: "ms to an aggregate at a random version of 100,000 (p99), earlier snapshots kept",
    events: 100_000,
    snapshots: true,
    at: "any",
    share: 0.99,
    aim: { atMost: 60 },
  }),
];
