import { join } from "node:path";
import { openSqliteEventStore } from "@aethyr/event-store/sqlite";
import { bareWriterDoes, runBareWriter } from "../floors/bare-writer.ts";
import type { Benchmark, RunOptions } from "../harness/benchmark.ts";
import { figureOf, type Aim, type Round } from "../harness/figure.ts";
import { fileSystemOf } from "../harness/file-system.ts";
import { startMeter } from "../harness/meter.ts";
import { shown } from "../harness/report.ts";
import { checkStore } from "../history/check-store.ts";
import { createClient } from "../system/client.ts";
import { startSystem } from "../system/embedded-system.ts";
import { commandBytes, createChoice, createNotes, createThings, runLoad, thing } from "../system/load.ts";

type Variant = {
  readonly name: string;
  readonly about: string;
  readonly inFlight: number;
  readonly things: number;
  readonly relay: boolean;
  readonly aim?: Aim;
};

/** At most; a short run warms up for as long as it measures. */
const warmUpSeconds = 1;

/** Durable commands per second: client, bus, host, SQLite on a disk, reply. */
function durable({ name, about, inFlight, things, relay, aim }: Variant): Benchmark {
  async function round(directory: string, seconds: number): Promise<Round & { readonly notes: readonly string[] }> {
    const source = join(directory, "log");
    const store = await openSqliteEventStore({ directory: source });
    const system = await startSystem({ store, relay });
    const client = createClient(system.bus);
    const notes = createNotes(client);
    const choose = createChoice();
    await createThings(client, things);
    const send = () => notes.sendTo(thing(choose(things)));
    await runLoad({ inFlight, seconds: Math.min(warmUpSeconds, seconds), send });
    const after = await store.head();
    const stop = startMeter();
    const load = await runLoad({ inFlight, seconds, send });
    const { cpuUs, others } = stop();
    await system.close();
    await store.close();

    const again = await openSqliteEventStore({ directory: source });
    const checked = await checkStore(again, client.accepted());
    await again.close();
    const floor = await runBareWriter({ source, after, directory: join(directory, "floor"), inFlight });
    return {
      value: load.commands / load.seconds,
      floor: floor.commands / floor.seconds,
      others,
      notes: [
        `last round: p50 ${shown(load.p50Ms)} ms, p99 ${shown(load.p99Ms)} ms, ${shown(cpuUs / load.commands)} µs of CPU per command, ` +
          `${shown(floor.commands / floor.transactions)} commands per transaction (one fsync each; --strace counts them)`,
        checked,
      ],
    };
  }

  return {
    name,
    about,
    async run({ directory, rounds, seconds }: RunOptions, progress) {
      const { kind, inMemory } = fileSystemOf(directory);
      const done = [];
      for (let number = 1; number <= rounds; number += 1) {
        progress(`round ${number} of ${rounds}`);
        done.push(await round(join(directory, String(number)), seconds));
      }
      return figureOf({
        name,
        unit: "commands/s",
        ...(aim === undefined ? {} : { aim }),
        rounds: done,
        floorDoes: bareWriterDoes,
        notes: [
          inMemory
            ? `NOT DURABLE: the folder lies on ${kind}, so fsync costs nothing; give --directory on a disk`
            : `log on ${kind}, synchronous=FULL`,
          `${inFlight} in flight, ${things} aggregates, commands of ${commandBytes} bytes, event feed ${relay ? "on" : "off"}`,
          ...(done.at(-1)?.notes ?? []),
        ],
      });
    },
  };
}

export const durableBenchmarks: readonly Benchmark[] = [
  durable({
    name: "durable-64",
    about: "durable commands/s, 64 in flight over 1,000 aggregates",
    inFlight: 64,
    things: 1_000,
    relay: false,
    aim: { atLeast: 15_000 },
  }),
  durable({
    name: "durable-1",
    about: "durable commands/s, 1 in flight over 1,000 aggregates",
    inFlight: 1,
    things: 1_000,
    relay: false,
    aim: { atLeast: 2_000 },
  }),
  durable({ name: "durable-hot", about: "durable commands/s, 64 in flight on one aggregate", inFlight: 64, things: 1, relay: false }),
  durable({
    name: "durable-64-feed",
    about: "as durable-64, with every event also put on the event feed",
    inFlight: 64,
    things: 1_000,
    relay: true,
  }),
];
