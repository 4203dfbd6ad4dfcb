import { spending, toldSpent } from "../cluster/cpu.ts";
import { settled } from "../cluster/owners.ts";
import { pausesAfter } from "../cluster/pauses.ts";
import { nowMs, type Load, type LoadDone } from "../cluster/places.ts";
import { partitions, withCluster, type ClusterUnderTest } from "../cluster/with-cluster.ts";
import type { Benchmark } from "../harness/benchmark.ts";
import { figureOf, type Aim, type Figure } from "../harness/figure.ts";
import { shown } from "../harness/report.ts";
import { median } from "../harness/stats.ts";

const things = 1_000;
const load = { lane: "request", choice: "uniform", inFlight: 64, things } as const;

type Ran = { readonly done: LoadDone; readonly others: number; readonly told: string };
type Paused = { readonly pauses: readonly number[]; readonly untouched: readonly number[]; readonly others: number };

/** What more hosts bring on the same processors, and what their coming and going costs. */
export const clusterHostsBenchmark: Benchmark = {
  name: "cluster-hosts",
  about: "two hosts against one on the same processors; the pause where a host is drained, and where it is killed",
  needs: "cluster",
  run: ({ directory, rounds, seconds }, progress) =>
    withCluster({ directory, hosts: 1, console: true, progress }, async (test) => {
      const { cluster, system, assertUndisturbed } = test;
      progress("making things");
      await system.client.create(things);
      await system.client.run({ ...load, seconds: Math.min(1, seconds) });
      const one = await rates(test, rounds, { ...load, seconds }, (round) => progress(`one host: round ${round} of ${rounds}`));
      await cluster.addHost();
      await settled(cluster, 2);
      await system.client.run({ ...load, seconds: Math.min(1, seconds) });
      const two = await rates(test, rounds, { ...load, seconds }, (round) => progress(`two hosts: round ${round} of ${rounds}`));
      const pauses = { SIGTERM: [] as Paused[], SIGKILL: [] as Paused[] };
      for (const signal of ["SIGTERM", "SIGKILL"] as const) {
        for (let round = 1; round <= rounds; round += 1) {
          progress(`${signal}: round ${round} of ${rounds}`);
          pauses[signal].push(await pausedBy(test, signal));
        }
      }
      progress("checking the log and the feed");
      const checked = await system.client.check();
      assertUndisturbed();
      return [
        figureOf({
          name: "cluster-two-hosts",
          unit: "commands/s",
          rounds: two.map(({ done, others }, index) => ({ value: rateOf(done), floor: rateOf(one[index]?.done ?? done), others })),
          floorDoes: "the same with one host, before the second came",
          notes: [
            ...one.slice(-1).map(({ told }) => `one host: ${told}`),
            ...two.slice(-1).map(({ told }) => `two hosts: ${told}`),
            checked,
          ],
        }),
        pauseFigure({ name: "cluster-drain-pause", how: "drained by SIGTERM", paused: pauses.SIGTERM, checked }),
        pauseFigure({
          name: "cluster-takeover-pause",
          how: "killed by SIGKILL",
          paused: pauses.SIGKILL,
          checked,
          aim: { atMost: 3_000 },
        }),
      ];
    }),
};

const rateOf = ({ commands, seconds }: LoadDone): number => commands / seconds;

async function rates({ system }: ClusterUnderTest, rounds: number, wanted: Load, before: (round: number) => void): Promise<readonly Ran[]> {
  const ran: Ran[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    before(round);
    const { done, spent, others } = await spending(system.processes(), () => system.client.run(wanted));
    const told = `p50 ${shown(done.p50Ms)} ms, p99 ${shown(done.p99Ms)} ms, sent again ${done.again}; CPU s per 1,000 commands: ${toldSpent(spent, done.commands)}`;
    ran.push({ done, others, told });
  }
  return ran;
}

/** Ends the second host while each partition is sent commands, and has it back. */
async function pausedBy({ cluster, system: { client, processes } }: ClusterUnderTest, signal: "SIGTERM" | "SIGKILL"): Promise<Paused> {
  const host = cluster.services.get("host-2");
  if (host === undefined) throw new Error("there is no second host");
  const owned = await settled(cluster, 2);
  const its = owned.flatMap(({ partition, owner }) => (owner === host.name ? [partition] : []));
  const rest = owned.flatMap(({ partition, owner }) => (owner === host.name ? [] : [partition]));
  await client.probe(partitions);
  // The killed one's use of the processors is gone with it: it counts among the others'.
  const watched = processes().filter(({ name }) => name !== host.name);
  const { done, others } = await spending(watched, async () => {
    const sinceMs = nowMs();
    await host.signal(signal);
    const probed = await client.probed();
    return { pauses: pausesAfter(probed, its, sinceMs), untouched: pausesAfter(probed, rest, sinceMs) };
  });
  await host.restart();
  await settled(cluster, 2);
  return { ...done, others };
}

type PauseParts = {
  readonly name: string;
  readonly how: string;
  readonly paused: readonly Paused[];
  readonly checked: string;
  readonly aim?: Aim;
};

function pauseFigure({ name, how, paused, checked, aim }: PauseParts): Figure {
  return figureOf({
    name,
    unit: "ms, the longest of all partitions",
    ...(aim === undefined ? {} : { aim }),
    rounds: paused.map(({ pauses, untouched, others }) => ({ value: Math.max(...pauses), floor: median(untouched), others })),
    floorDoes: "the median of the longest pauses of the partitions that the other host had all the time",
    notes: [
      ...paused.map(
        ({ pauses }, index) =>
          `round ${index + 1}: ${pauses.length} partitions, median ${shown(median(pauses))} ms, longest ${shown(Math.max(...pauses))} ms`,
      ),
      `a host of two is ${how} while each of ${partitions} partitions is sent a command every 20 ms, which is sent again after 250 ms without a reply`,
      checked,
    ],
  });
}
