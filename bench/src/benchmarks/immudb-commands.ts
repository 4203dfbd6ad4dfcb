import { bareSetsDo } from "../floors/bare-sets.ts";
import type { Benchmark } from "../harness/benchmark.ts";
import { figureOf, type Aim } from "../harness/figure.ts";
import { checkStore } from "../history/check-store.ts";
import { withLogAndFloor } from "../immudb/log-and-floor.ts";
import { mirrored, rateOf, runTurns, toldOf } from "../immudb/turns.ts";
import { createClient } from "../system/client.ts";
import { startSystem } from "../system/embedded-system.ts";
import { commandBytes, createChoice, createNotes, createThings, thing } from "../system/load.ts";

type Variant = { readonly name: string; readonly about: string; readonly inFlight: number; readonly things: number; readonly aim: Aim };

/** At most; a short run warms up for as long as it measures. */
const warmUpSeconds = 1;

/** Durable commands: client, bus, host, ImmuDB, reply. */
const immudbCommands = ({ name, about, inFlight, things, aim }: Variant): Benchmark => ({
  name,
  about,
  needs: "immudb",
  run: ({ directory, rounds, seconds }, progress) =>
    withLogAndFloor(directory, async ({ store, floor, server, again }) => {
      const system = await startSystem({ store, relay: false });
      const client = createClient(system.bus);
      const notes = createNotes(client);
      const choose = createChoice();
      const parts = { send: () => notes.sendTo(thing(choose(things))), floor, server, inFlight };
      progress("warming up");
      await mirrored(floor, () => createThings(client, things));
      await runTurns({ ...parts, seconds: Math.min(warmUpSeconds, seconds) });
      const done = [];
      for (let number = 1; number <= rounds; number += 1) {
        progress(`round ${number} of ${rounds}`);
        done.push(await runTurns({ ...parts, seconds }));
      }
      await system.close();
      progress("checking the log");
      const checked = await again((log) => checkStore(log, client.accepted()));
      return figureOf({
        name,
        unit: "commands/s",
        aim,
        rounds: done.map(({ round, floor, others }) => ({ value: rateOf(round), floor: rateOf(floor), others })),
        floorDoes: bareSetsDo,
        notes: [
          `${inFlight} in flight, ${things} aggregates, commands of ${commandBytes} bytes, one event each; the host's snapshots are no part of the floor`,
          ...done.slice(-1).flatMap((last) => [`last round: ${toldOf(last.round)}`, `its floor: ${toldOf(last.floor)}`]),
          checked,
        ],
      });
    }),
});

export const immudbCommandBenchmarks: readonly Benchmark[] = [
  ...[64, 256].map((inFlight) =>
    immudbCommands({
      name: `immudb-host-${inFlight}`,
      about: `durable commands/s through the actor host, ${inFlight} in flight over 1,000 aggregates`,
      inFlight,
      things: 1_000,
      aim: { ratioAtLeast: 0.85 },
    }),
  ),
  immudbCommands({
    name: "immudb-host-hot",
    about: "the same, 64 in flight on one aggregate",
    inFlight: 64,
    things: 1,
    aim: { atLeast: 5_000 },
  }),
];
