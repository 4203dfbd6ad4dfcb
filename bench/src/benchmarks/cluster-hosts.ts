import { spending, toldSpent } from "../cluster/cpu.ts";
import { handOverFigures, handOverPauses } from "../cluster/hand-over.ts";
import { settled } from "../cluster/owners.ts";
import type { Load, LoadDone } from "../cluster/places.ts";
import { withCluster, type ClusterUnderTest } from "../cluster/with-cluster.ts";
import type { Benchmark } from "../harness/benchmark.ts";
import { figureOf } from "../harness/figure.ts";
import { shown } from "../harness/report.ts";

const things = 1_000;
const load = { lane: "request", choice: "uniform", inFlight: 64, things } as const;

type Ran = { readonly done: LoadDone; readonly others: number; readonly told: string };

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
      const pauses = await handOverPauses(test, rounds, progress);
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
        ...handOverFigures(pauses, checked),
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
