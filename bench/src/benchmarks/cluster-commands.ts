import { spending, toldSpent, totalOf, type Spent } from "../cluster/cpu.ts";
import type { Choice, Lane, Load, LoadDone } from "../cluster/places.ts";
import { withCluster, type Side } from "../cluster/with-cluster.ts";
import { bareClusterDoes } from "../floors/cluster/place.ts";
import type { Benchmark } from "../harness/benchmark.ts";
import { figureOf, type Aim, type Figure } from "../harness/figure.ts";
import { shown } from "../harness/report.ts";
import { commandBytes } from "../system/load.ts";

type Wanted = { readonly suffix?: string; readonly of: "rate" | "p50Ms" | "p99Ms" | "cpu"; readonly aim?: Aim };
type Case = { readonly choice: Choice; readonly inFlight: number; readonly wanted: readonly Wanted[] };
type Ran = LoadDone & { readonly spent: Spent; readonly others: number };

const things = 1_000;
const lanes: readonly Lane[] = ["request", "queue"];

const casesOf = (lane: Lane): readonly Case[] => [
  { choice: "uniform", inFlight: 1, wanted: [{ of: "p50Ms", aim: { atMost: lane === "request" ? 2 : 2.3 } }] },
  { choice: "uniform", inFlight: 16, wanted: [{ of: "rate" }] },
  {
    choice: "uniform",
    inFlight: 64,
    wanted: [
      { of: "rate", aim: { ratioAtLeast: 0.85 } },
      { suffix: "-cpu", of: "cpu" },
    ],
  },
  { choice: "uniform", inFlight: 256, wanted: [{ of: "rate" }, { suffix: "-p99", of: "p99Ms", aim: { atMost: 80 } }] },
  { choice: "zipf", inFlight: 64, wanted: [{ of: "rate" }] },
  { choice: "hot", inFlight: 64, wanted: [{ of: "rate" }] },
];

const units = { rate: "commands/s", p50Ms: "ms, p50", p99Ms: "ms, p99", cpu: "CPU s per 1,000 commands" } as const;

function valueOf(ran: Ran, of: Wanted["of"]): number {
  if (of === "rate") return ran.commands / ran.seconds;
  return of === "cpu" ? (totalOf(ran.spent) / ran.commands) * 1000 : ran[of];
}

/** Nothing is measured before code is compiled and every aggregate is in memory. */
const warmUpSeconds = 1;

/** Commands from a game node to hosts and back, on one host, all processes on this machine. */
export const clusterCommandsBenchmark: Benchmark = {
  name: "cluster-commands",
  about: "one host: commands/s, latency and CPU on both lanes, 1 to 256 clients, uniform, Zipf, one hot aggregate",
  needs: "cluster",
  run: ({ directory, rounds, seconds }, progress) =>
    withCluster({ directory, hosts: 1, progress }, async ({ system, floor: startFloor, assertUndisturbed }) => {
      const floor = await startFloor();
      progress("making things");
      for (const { client } of [system, floor]) await client.create(things);
      const figures: Figure[] = [];
      for (const lane of lanes) {
        for (const each of casesOf(lane)) {
          const load: Load = { lane, choice: each.choice, inFlight: each.inFlight, seconds, things };
          const name = `cluster-${lane}-${each.choice === "uniform" ? "" : `${each.choice}-`}${each.inFlight}`;
          for (const { client } of [system, floor]) await client.run({ ...load, seconds: Math.min(warmUpSeconds, seconds) });
          const done: { readonly ours: Ran; readonly bare: Ran }[] = [];
          for (let number = 1; number <= rounds; number += 1) {
            progress(`${name}: round ${number} of ${rounds}`);
            done.push({ ours: await run(system, load), bare: await run(floor, load) });
          }
          figures.push(...each.wanted.map((wanted) => figureFor(name, wanted, done)));
        }
      }
      progress("checking the log and the feed");
      const checked = `${await system.client.check()}; ${await floor.client.check()}`;
      assertUndisturbed();
      return figures.map((figure) => ({ ...figure, notes: [...figure.notes, checked] }));
    }),
};

async function run({ client, processes }: Side, load: Load): Promise<Ran> {
  const { done, spent, others } = await spending(processes(), () => client.run(load));
  return { ...done, spent, others };
}

function figureFor(name: string, { suffix = "", of, aim }: Wanted, done: readonly { readonly ours: Ran; readonly bare: Ran }[]): Figure {
  const last = done.at(-1);
  return figureOf({
    name: `${name}${suffix}`,
    unit: units[of],
    ...(aim === undefined ? {} : { aim }),
    rounds: done.map(({ ours, bare }) => ({
      value: valueOf(ours, of),
      floor: valueOf(bare, of),
      others: Math.max(ours.others, bare.others),
    })),
    floorDoes: bareClusterDoes,
    notes: [
      `commands of ${commandBytes} bytes over ${things} aggregates, one event each`,
      ...(last === undefined ? [] : [`last round: ${told(last.ours)}`, `its floor: ${told(last.bare)}`]),
    ],
  });
}

const told = (ran: Ran): string =>
  `${shown(valueOf(ran, "rate"))} commands/s, p50 ${shown(ran.p50Ms)} ms, p99 ${shown(ran.p99Ms)} ms, sent again ${ran.again}; ` +
  `CPU s per 1,000 commands: ${toldSpent(ran.spent, ran.commands)}`;
