import { bareSetsDo } from "../floors/bare-sets.ts";
import type { Benchmark } from "../harness/benchmark.ts";
import { figureOf, type Aim } from "../harness/figure.ts";
import { percentile } from "../harness/stats.ts";
import { checkStore } from "../history/check-store.ts";
import { createAppender } from "../immudb/appender.ts";
import { withLogAndFloor } from "../immudb/log-and-floor.ts";
import { rateOf, runTurns, toldOf, type Side } from "../immudb/turns.ts";

type Variant = {
  readonly name: string;
  readonly about: string;
  readonly inFlight: number;
  readonly unit: string;
  readonly of: (side: Side) => number;
  readonly aim: Aim;
};

const streams = 1_024;
/** At most; a short run warms up for as long as it measures. */
const warmUpSeconds = 1;

/** Appends at the port of the store, each of one command with one event, so many under way. */
const immudbAppend = ({ name, about, inFlight, unit, of, aim }: Variant): Benchmark => ({
  name,
  about,
  needs: "immudb",
  run: ({ directory, rounds, seconds }, progress) =>
    withLogAndFloor(directory, async ({ store, floor, server, again }) => {
      const { appendAs, accepted } = createAppender({ store, streams, writers: inFlight });
      const parts = { send: appendAs, floor, server, inFlight };
      progress("warming up");
      await runTurns({ ...parts, seconds: Math.min(warmUpSeconds, seconds) });
      const done = [];
      for (let number = 1; number <= rounds; number += 1) {
        progress(`round ${number} of ${rounds}`);
        done.push(await runTurns({ ...parts, seconds }));
      }
      progress("checking the log");
      const checked = await again((log) => checkStore(log, accepted()));
      return figureOf({
        name,
        unit,
        aim,
        rounds: done.map(({ round, floor, others }) => ({ value: of(round), floor: of(floor), others })),
        floorDoes: bareSetsDo,
        notes: [
          `${inFlight} appends under way over ${streams} streams, one command with one event each, at the port of the store`,
          ...done.slice(-1).flatMap((last) => [`last round: ${toldOf(last.round)}`, `its floor: ${toldOf(last.floor)}`]),
          checked,
        ],
      });
    }),
});

export const immudbAppendBenchmarks: readonly Benchmark[] = [
  immudbAppend({
    name: "immudb-1",
    about: "ms of one append of one event, alone (p50)",
    inFlight: 1,
    unit: "ms",
    of: ({ latenciesMs }) => percentile(latenciesMs, 0.5),
    aim: { ratioAtMost: 1.15 },
  }),
  ...[64, 256].map((inFlight) =>
    immudbAppend({
      name: `immudb-${inFlight}`,
      about: `events/s, ${inFlight} appends in flight over ${streams} streams`,
      inFlight,
      unit: "events/s",
      of: rateOf,
      aim: { ratioAtLeast: 0.85 },
    }),
  ),
];
