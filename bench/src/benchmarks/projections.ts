import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createInProcessBus } from "@aethyr/bus";
import { createMemoryEventStore } from "@aethyr/event-store";
import { openSqliteEventStore } from "@aethyr/event-store/sqlite";
import { createProjections, type ReadModelDatabase } from "@aethyr/projections";
import { openPglite } from "@aethyr/projections/pglite";
import { openPostgres } from "@aethyr/projections/postgres";
import { readModels } from "@aethyr/read-models";
import { silentLog, startRelay } from "@aethyr/runtime";
import { startPostgres } from "@aethyr/servers";
import { world } from "@aethyr/world";
import { CompiledQuery } from "kysely";
import type { Benchmark, RunOptions } from "../harness/benchmark.ts";
import { figureOf, type Aim, type Round } from "../harness/figure.ts";
import { startMeter } from "../harness/meter.ts";
import { catchUp, makeTables, writeAgain } from "../projections/catch-up.ts";
import { watchDatabase } from "../projections/watched-database.ts";
import { importWorld } from "../system/imported-world.ts";
import { readWorldCommands } from "../system/stock-world.ts";

/** An empty database for each name. */
type Databases = { readonly open: (name: string) => Promise<ReadModelDatabase>; readonly close: () => Promise<void> };

const pgliteIn = (directory: string): Databases => ({
  open: (name) => openPglite({ directory: join(directory, name) }),
  close: async () => undefined,
});

/** In a folder of the server's own: where we are root it is another user, who cannot look into ours. */
async function startDatabases(): Promise<Databases> {
  const server = await startPostgres();
  const url = server.url ?? "";
  return {
    async open(name) {
      const first = openPostgres({ url });
      await first.kysely.executeQuery(CompiledQuery.raw(`create database ${name}`));
      await first.close();
      return openPostgres({ url: url.replace(/\/postgres$/, `/${name}`) });
    },
    close: () => server.stop(),
  };
}

async function catchUpBenchmark(
  name: string,
  engine: string,
  aim: Aim,
  databases: Databases,
  { directory, rounds }: RunOptions,
  progress: (text: string) => void,
) {
  const store = await openSqliteEventStore({ directory: join(directory, "log") });
  try {
    const { phases, name: worldName } = readWorldCommands();
    progress("importing");
    await importWorld(store, phases, { relay: false });
    const { event_count: events } = await store.statistics();
    const done: Round[] = [];
    let transactions = 0;
    for (let number = 1; number <= rounds; number += 1) {
      progress(`round ${number} of ${rounds}`);
      const database = await databases.open(`round_${number}`);
      await makeTables(database);
      const { measured, written } = await catchUp({ database, store });
      await database.close();
      const bare = await databases.open(`floor_${number}`);
      await makeTables(bare);
      const floor = await writeAgain(bare, written);
      await bare.close();
      transactions = written.length;
      done.push({ value: events / measured.seconds, floor: events / floor.seconds, others: measured.others });
    }
    return figureOf({
      name,
      unit: "events/s",
      aim,
      rounds: done,
      floorDoes: "the statements of the same transactions, in their order, on another empty database: no log is read, no handler runs",
      notes: [`${worldName}: ${events} events into ${readModels.length} read models on ${engine}, ${transactions} transactions`],
    });
  } finally {
    await store.close();
  }
}

const perSecond = 2_000;
const everyMs = 10;
/** Of a machine that was busy elsewhere for a while. */
const mostAtOnce = 200;

/** Events at a steady rate, each batch's time from its commit to that of the last read model which has it. */
async function lag({ seconds, rounds }: RunOptions, progress: (text: string) => void) {
  const databases = await startDatabases();
  const done: Round[] = [];
  const notes: string[] = [];
  try {
    for (let number = 1; number <= rounds; number += 1) {
      progress(`round ${number} of ${rounds}`);
      const inner = await databases.open(`lag_${number}`);
      await makeTables(inner);
      const reached = new Map<string, { readonly position: number; readonly atMs: number }[]>();
      const database = watchDatabase(inner, ({ copies, committedMs }) => {
        for (const { schema, to } of copies) {
          const all = reached.get(schema) ?? [];
          reached.set(schema, all);
          all.push({ position: to, atMs: committedMs });
        }
      });
      const store = createMemoryEventStore();
      const bus = createInProcessBus();
      const relay = await startRelay({ store, bus, log: silentLog, from: "head" });
      const projections = createProjections({ database, store, feed: bus, domain: world, projections: readModels });
      projections.start();
      const committed: { readonly position: number; readonly atMs: number }[] = [];
      const stop = startMeter();
      const untilMs = performance.now() + seconds * 1000;
      const beganMs = performance.now();
      let sent = 0;
      while (performance.now() < untilMs) {
        const due = Math.floor(((performance.now() - beganMs) / 1000) * perSecond) - sent;
        for (let left = due; left > 0; left -= mostAtOnce) {
          const count = Math.min(left, mostAtOnce);
          const results = await store.append(Array.from({ length: count }, (_, index) => creation(number, sent + index)));
          sent += count;
          const position = Math.max(...results.map((result) => (result.ok ? result.position : 0)));
          committed.push({ position, atMs: performance.now() });
          relay.hint(position);
        }
        await delay(everyMs);
      }
      const head = await store.head();
      await Promise.all(readModels.map(({ name }) => projections.reached(name, head)));
      const { others } = stop();
      const lags = committed.map(({ position, atMs }) =>
        Math.max(...[...reached.values()].map((all) => (all.find((each) => each.position >= position)?.atMs ?? Number.NaN) - atMs)),
      );
      const sorted = lags.toSorted((one, other) => one - other);
      const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
      notes.push(`round ${number}: ${sent} events, p50 ${at(0.5).toFixed(1)} ms, most ${at(1).toFixed(1)} ms`);
      done.push({ value: at(0.99), floor: everyMs, others });
      await projections.close();
      await relay.close();
      await bus.close();
      await store.close();
      await database.close();
    }
  } finally {
    await databases.close();
  }
  return figureOf({
    name: "projections-lag",
    unit: "ms",
    aim: { atMost: 100 },
    rounds: done,
    floorDoes: `nothing: it is the ${everyMs} ms between two batches`,
    notes: [`${perSecond} events/s into a memory store, all read models on PostgreSQL; p99 of the last of them`, ...notes],
  });
}

function creation(round: number, index: number) {
  const id = `thing-${round}-${index}`;
  const meta = { command: `make-${id}`, actor: "bench", correlation: `make-${id}`, causation: null };
  const data = { name: "a pebble", generic: "pebble", containerId: "room/hall", attributes: {} };
  const event = { id: `${id}/0`, type: "GameObjectCreated", schema: 1, machine: 1, time: new Date().toISOString(), data, meta };
  return { writes: [{ stream: { type: "game-object", id }, expected: "no-stream" as const, events: [event] }] };
}

export const projectionBenchmarks: readonly Benchmark[] = [
  {
    name: "projections-postgres",
    about: "events/s, all read models of the imported world made from its log, on PostgreSQL",
    async run(options, progress) {
      const databases = await startDatabases();
      try {
        return await catchUpBenchmark("projections-postgres", "PostgreSQL", { ratioAtLeast: 0.7 }, databases, options, progress);
      } finally {
        await databases.close();
      }
    },
  },
  {
    name: "projections-pglite",
    about: "events/s, the same on PGlite in a folder",
    run: (options, progress) =>
      catchUpBenchmark("projections-pglite", "PGlite", { atLeast: 1_500 }, pgliteIn(options.directory), options, progress),
  },
  {
    name: "projections-lag",
    about: `ms from commit to the last read model, p99 at ${perSecond} events/s, on PostgreSQL`,
    run: lag,
  },
];
