import { hostWorld, reachWorld, runService } from "@aethyr/cluster";
import { processMetrics, watchEventLoop, watchLog } from "@aethyr/process";

await runService({
  name: "actor-host",
  about: `Hosts a share of a world's aggregates: its commands come over NATS, its log is in ImmuDB. Any number of hosts share the work; each one
that comes takes its share, each one that goes leaves it to the others.`,
  async start({ config, log, opened, fail }) {
    const reach = await reachWorld(config, "host", log, opened);
    const { store } = reach;
    const watch = opened(await watchLog(store.proof, config, log));
    const metrics = processMetrics({ head: () => store.head() });
    opened(watchEventLoop(metrics.registry));
    const { self, placement } = await hostWorld({ config, log, opened, reach, metrics, onCommitted: watch.committed, onNameTaken: fail });
    return {
      metrics: metrics.text,
      async ready() {
        await reach.ready();
        const reason = placement.idle();
        if (reason !== undefined) throw new Error(reason);
      },
      facts: { host: self },
    };
  },
});
