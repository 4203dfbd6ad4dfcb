import { randomUUID } from "node:crypto";
import { processRegistry, reachWorld, relayCheckpoints, runForLeader, runService } from "@aethyr/cluster";
import { FeedAheadOfLogError, startRelay, type Relay } from "@aethyr/runtime";
import { countedFeed, watchRelay } from "./relay-metrics.ts";

await runService({
  name: "relay",
  about: `Republishes the log of a world on NATS: stream EVT has every event, in the log's order, none twice. Of several relays one is at work, and
another takes over when it is gone.`,
  async start({ config, log, opened, fail }) {
    const { store, bus, coordination, ready } = await reachWorld(config, "relay", log, opened);
    const checkpoints = await relayCheckpoints(coordination);
    const metrics = processRegistry();
    const feed = countedFeed(metrics, bus);
    let relay: Relay | undefined;
    const leading = opened(
      await runForLeader({
        coordination,
        office: "relay",
        self: randomUUID(),
        log,
        async lead() {
          try {
            relay = await startRelay({ store, bus: feed, log, from: "start", checkpoints, onStopped: fail });
          } catch (error) {
            // That of another log: it gets no better by waiting.
            if (error instanceof FeedAheadOfLogError) fail(error);
            throw error;
          }
          return relay;
        },
      }),
    );
    opened(await bus.hints((hint) => void (hint.kind === "head" && relay?.hint(hint.position))));

    watchRelay(metrics, { store, atWork: () => (leading.isLeader() ? relay : undefined) });
    return {
      metrics: () => metrics.metrics(),
      async ready() {
        await ready();
        const reason = leading.trouble();
        if (reason !== undefined) throw new Error("this relay could not do its work when it last led", { cause: reason });
      },
    };
  },
});
