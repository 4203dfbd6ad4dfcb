import { join } from "node:path";
import { readLog, type Commit, type EventStore, type StoredEvent } from "@aethyr/event-store";
import { openSqliteEventStore } from "@aethyr/event-store/sqlite";
import { pathOf, type Ref } from "@aethyr/kernel";
import type { Benchmark } from "../harness/benchmark.ts";
import { figureOf, type Round } from "../harness/figure.ts";
import { startMeter } from "../harness/meter.ts";
import { checkStore } from "../history/check-store.ts";
import { importWorld } from "../system/imported-world.ts";
import { readWorldCommands } from "../system/stock-world.ts";

/** As a host commits: so many events in one append, so many appends under way. */
const eventsPerAppend = 256;
const appendsInFlight = 2;

/** The commits that made a log. */
async function commitsOf(store: EventStore): Promise<readonly Commit[]> {
  const byCommand = new Map<string, StoredEvent[]>();
  for await (const event of readLog(store)) {
    const these = byCommand.get(event.meta.command) ?? [];
    byCommand.set(event.meta.command, these);
    these.push(event);
  }
  const outcomes = await Promise.all(
    [...byCommand.keys()].map(async (id) => ({ id, outcome: (await store.outcomes([id]))[0]?.outcome ?? null })),
  );
  return outcomes.map((command) => ({ writes: writesOf(byCommand.get(command.id) ?? []), command }));
}

function writesOf(events: readonly StoredEvent[]): Commit["writes"] {
  return [...Map.groupBy(events, ({ stream }) => pathOf(stream)).values()].map((these) => {
    const before = (these[0]?.version ?? 1) - 1;
    const stream: Ref = these[0]?.stream ?? { type: "", id: "" };
    const written = these.map(({ id, type, schema, machine, time, data, meta }) => ({ id, type, schema, machine, time, data, meta }));
    return { stream, expected: before === 0 ? ("no-stream" as const) : before, events: written };
  });
}

/** Appends in order, in groups of whole commits, a few under way. */
async function appendAll(store: EventStore, commits: readonly Commit[]): Promise<void> {
  let group: Commit[] = [];
  let events = 0;
  const open = new Set<Promise<void>>();
  const flush = async (): Promise<void> => {
    while (open.size >= appendsInFlight) await Promise.race(open);
    const done = store.append(group).then((results) => {
      open.delete(done);
      for (const result of results) if (!result.ok) throw result.error;
    });
    open.add(done);
    group = [];
    events = 0;
  };
  for (const commit of commits) {
    const size = commit.writes.reduce((sum, write) => sum + write.events.length, 0);
    if (events > 0 && events + size > eventsPerAppend) await flush();
    group.push(commit);
    events += size;
  }
  if (group.length > 0) await flush();
  await Promise.all(open);
}

async function round(directory: string): Promise<Round & { readonly notes: readonly string[] }> {
  const store = await openSqliteEventStore({ directory: join(directory, "log") });
  const stop = startMeter();
  const { phases, name } = readWorldCommands();
  const { accepted } = await importWorld(store, phases, { relay: true });
  const { seconds, others } = stop();
  await store.close();

  const again = await openSqliteEventStore({ directory: join(directory, "log") });
  const checked = await checkStore(again, accepted);
  const commits = await commitsOf(again);
  await again.close();

  const bare = await openSqliteEventStore({ directory: join(directory, "floor") });
  const stopFloor = startMeter();
  await appendAll(bare, commits);
  const floor = stopFloor().seconds;
  await bare.close();
  return { value: seconds, floor, others, notes: [`${name}: ${accepted.length} commands, ${commits.length} commits`, checked] };
}

/** Seconds from opened files to a whole world in the log: reading, planning, sending, deciding, committing, and the event feed. */
export const importBenchmark: Benchmark = {
  name: "import",
  about: "seconds to import the stock world into a SQLite store through the client path",
  async run({ directory, rounds }, progress) {
    const done = [];
    for (let number = 1; number <= rounds; number += 1) {
      progress(`round ${number} of ${rounds}`);
      done.push(await round(join(directory, String(number))));
    }
    return figureOf({
      name: "import",
      unit: "s",
      aim: { atMost: 5 },
      rounds: done,
      floorDoes: `the same commits (but for their asserts, which no log records) appended directly to the store, ${eventsPerAppend} events in one append, ${appendsInFlight} appends in flight`,
      notes: ["reading the files included; the first round pays for compiling the code", ...(done.at(-1)?.notes ?? [])],
    });
  },
};
