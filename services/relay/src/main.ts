import { randomUUID } from "node:crypto";
import { processRegistry, reachWorld, relayCheckpoints, runForLeader, runService } from "@aethyr/cluster";
import { gauge } from "@aethyr/embedded";
import { startRelay, type Relay } from "@aethyr/runtime";

await runService({
  name: "relay",
  about: `Republishes the log of a world on NATS: stream EVT has every event, in the log's order, none twice. Of several relays one is at work, and
another takes over when it is gone.`,
  async start({ config, log, opened, fail }) {
    const { store, bus, coordination } = await reachWorld(config, "relay", log, opened);
    const checkpoints = await relayCheckpoints(coordination);
    let relay: Relay | undefined;
    const leading = opened(
      await runForLeader({
        coordination,
        office: "relay",
        self: randomUUID(),
        log,
        async lead() {
          relay = await startRelay({ store, bus, log, from: "start", checkpoints, onStopped: fail });
          return relay;
        },
      }),
    );
    opened(await bus.hints((hint) => void (hint.kind === "head" && relay?.hint(hint.position))));

    const metrics = processRegistry();
    const published = (): number => (leading.isLeader() ? (relay?.published() ?? 0) : 0);
    gauge(metrics, "aethyr_log_position", "Position of the newest event of the log", () => store.head());
    gauge(metrics, "aethyr_relay_leader", "1 while this relay is the one at work", () => (leading.isLeader() ? 1 : 0));
    gauge(metrics, "aethyr_relay_position", "Position up to which this relay has published; 0 while it is not at work", published);
    return { metrics: () => metrics.metrics(), ready: () => store.head() };
  },
});
