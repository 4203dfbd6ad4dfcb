import { join } from "node:path";
import { readLog, type EventStore } from "@aethyr/event-store";
import { openSqliteEventStore } from "@aethyr/event-store/sqlite";
import { createInstance, pathOf, replay, type Instance } from "@aethyr/kernel";
import { world } from "@aethyr/world";
import type { Benchmark } from "../harness/benchmark.ts";
import { figureOf, type Round } from "../harness/figure.ts";
import { startMeter } from "../harness/meter.ts";
import { importWorld } from "../system/imported-world.ts";
import { readWorldCommands } from "../system/stock-world.ts";

async function replayAll(store: EventStore): Promise<{ readonly events: number; readonly aggregates: number }> {
  const instances = new Map<string, Instance>();
  let events = 0;
  for await (const event of readLog(store)) {
    const path = pathOf(event.stream);
    let instance = instances.get(path);
    if (instance === undefined) {
      const kind = world.aggregates.get(event.stream.type);
      if (kind === undefined) throw new Error(`${path} is of no known type`);
      instance = createInstance(kind, event.stream);
      instances.set(path, instance);
    }
    replay(instance, event);
    events += 1;
  }
  return { events, aggregates: instances.size };
}

async function onlyRead(store: EventStore): Promise<{ readonly events: number }> {
  let events = 0;
  for await (const _ of readLog(store)) events += 1;
  return { events };
}

async function rateOf(work: () => Promise<{ readonly events: number }>) {
  const stop = startMeter();
  const { events } = await work();
  const { seconds, others } = stop();
  return { events, others, perSecond: events / seconds };
}

/** A replay of the stock world takes a fraction of a second: a round is several, and the first of all is not counted. */
const repeats = 5;

async function best(work: () => Promise<{ readonly events: number }>) {
  const runs = [];
  for (let run = 0; run < repeats; run += 1) runs.push(await rateOf(work));
  return runs.toSorted((a, b) => b.perSecond - a.perSecond)[0]!;
}

/** Events per second from the log through the charts of their aggregates. */
export const replayBenchmark: Benchmark = {
  name: "replay",
  about: "events/s, the whole log of the imported world through the machines",
  async run({ directory, rounds }, progress) {
    const store = await openSqliteEventStore({ directory: join(directory, "log") });
    const { phases, name } = readWorldCommands();
    progress("importing");
    await importWorld(store, phases, { relay: false });
    const { events, aggregates } = await replayAll(store);
    const done: Round[] = [];
    for (let number = 1; number <= rounds; number += 1) {
      progress(`round ${number} of ${rounds}`);
      const replayed = await best(() => replayAll(store));
      const read = await best(() => onlyRead(store));
      done.push({ value: replayed.perSecond, floor: read.perSecond, others: replayed.others });
    }
    await store.close();
    return figureOf({
      name: "replay",
      unit: "events/s",
      aim: { atLeast: 60_000 },
      rounds: done,
      floorDoes: "the same pages read from the store and decoded, and no machine",
      notes: [
        `${name}: ${events} events of ${aggregates} aggregates, SQLite; a round is the best of ${repeats} replays, after one uncounted`,
      ],
    });
  },
};
