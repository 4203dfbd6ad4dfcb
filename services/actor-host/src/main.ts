import { hostWorld, reachWorld, runService } from "@aethyr/cluster";
import { processMetrics, watchLog } from "@aethyr/embedded";

await runService({
  name: "actor-host",
  about: `Hosts a share of a world's aggregates: its commands come over NATS, its log is in ImmuDB. Any number of hosts share the work; each one
that comes takes its share, each one that goes leaves it to the others.`,
  async start({ config, log, opened }) {
    const reach = await reachWorld(config, "host", log, opened);
    const { store } = reach;
    const watch = opened(await watchLog(store.proof, config, log));
    const metrics = processMetrics({ head: () => store.head() });
    const { self, placement } = await hostWorld({ config, log, opened, reach, metrics, onCommitted: watch.committed });
    return {
      metrics: metrics.text,
      async ready() {
        await store.head();
        const { state } = placement.view();
        if (state !== "serving") throw new Error(`this host is ${state}`);
      },
      facts: { host: self },
    };
  },
});
