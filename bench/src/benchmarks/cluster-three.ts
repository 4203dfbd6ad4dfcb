import { handOverFigures, handOverPauses } from "../cluster/hand-over.ts";
import { withCluster } from "../cluster/with-cluster.ts";
import type { Benchmark } from "../harness/benchmark.ts";

const things = 1_000;

/** What a hand-over costs where each lease is kept by three NATS servers, on the same processors. */
export const clusterThreeBenchmark: Benchmark = {
  name: "cluster-three",
  about: "three NATS servers: the pause where a host is drained, and where it is killed",
  needs: "cluster",
  run: ({ directory, rounds, seconds }, progress) =>
    withCluster({ directory, hosts: 2, natsServers: 3, console: true, progress }, async (test) => {
      progress("making things");
      await test.system.client.create(things);
      await test.system.client.run({ lane: "request", choice: "uniform", inFlight: 64, things, seconds: Math.min(1, seconds) });
      const pauses = await handOverPauses(test, rounds, progress);
      progress("checking the log and the feed");
      const checked = await test.system.client.check();
      test.assertUndisturbed();
      return handOverFigures(pauses, checked, "-three");
    }),
};
