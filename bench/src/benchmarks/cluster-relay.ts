import { spending } from "../cluster/cpu.ts";
import type { OfferDone } from "../cluster/places.ts";
import { withCluster } from "../cluster/with-cluster.ts";
import { bareClusterDoes } from "../floors/cluster/place.ts";
import type { Benchmark } from "../harness/benchmark.ts";
import { figureOf } from "../harness/figure.ts";
import { shown } from "../harness/report.ts";

const things = 1_000;
const rates = [1_000, 3_000] as const;

/** How long after its reply an event is on the feed, at a fixed rate of commands. */
export const clusterRelayBenchmark: Benchmark = {
  name: "cluster-relay-lag",
  about: "one host: ms from a reply to its event on the feed, p99, at up to 3,000 events/s",
  needs: "cluster",
  run: ({ directory, rounds, seconds }, progress) =>
    withCluster({ directory, hosts: 1, progress }, async ({ system, floor: startFloor, assertUndisturbed }) => {
      const floor = await startFloor();
      for (const { client } of [system, floor]) {
        await client.create(things);
        await client.offer({ rate: rates[0], seconds: Math.min(1, seconds), things });
      }
      const figures = [];
      for (const rate of rates) {
        const done = [];
        for (let number = 1; number <= rounds; number += 1) {
          progress(`${rate}/s: round ${number} of ${rounds}`);
          const offered = { rate, seconds, things };
          const ours = await spending(system.processes(), () => system.client.offer(offered));
          const bare = await spending(floor.processes(), () => floor.client.offer(offered));
          done.push({ ours: ours.done, bare: bare.done, others: Math.max(ours.others, bare.others) });
        }
        figures.push(
          figureOf({
            name: `cluster-relay-lag-${rate}`,
            unit: "ms, p99",
            ...(rate === 3_000 ? { aim: { atMost: 50 } } : {}),
            rounds: done.map(({ ours, bare, others }) => ({ value: ours.p99Ms, floor: bare.p99Ms, others })),
            floorDoes: bareClusterDoes,
            notes: done.flatMap(({ ours, bare }, index) => [`round ${index + 1}: ${told(ours)}; its floor: ${told(bare)}`]),
          }),
        );
      }
      progress("checking the log and the feed");
      const checked = `${await system.client.check()}; ${await floor.client.check()}`;
      assertUndisturbed();
      return figures.map((figure) => ({ ...figure, notes: [...figure.notes, checked] }));
    }),
};

const told = ({ reached, events, early, p50Ms, p99Ms }: OfferDone): string =>
  `${shown(reached)} commands/s reached, ${events} events, ${Math.round(early * 100)} % of them before their reply, lag p50 ${shown(p50Ms)} ms, p99 ${shown(p99Ms)} ms`;
