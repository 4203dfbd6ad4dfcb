import { jetstreamManager } from "@nats-io/jetstream";
import { Gauge, type Registry } from "prom-client";
import type { Log } from "@aethyr/runtime";
import type { Coordination } from "../nats/connect.ts";

/**
 * What waits on the queue lane of a world, by partition: what operators add hosts by. Read when the metrics are; while NATS does not answer, the
 * last figures stand, and the log says so once.
 */
export async function watchQueue(
  { nats }: Pick<Coordination, "nats">,
  {
    world,
    partitions,
    registry,
    log,
  }: { readonly world: string; readonly partitions: number; readonly registry: Registry; readonly log: Log },
): Promise<void> {
  const { streams } = await jetstreamManager(nats, { checkAPI: false, timeout: 2_000 });
  let isTold = false;
  const oldest = new Gauge({
    name: "aethyr_queue_oldest_seconds",
    help: "Age of the oldest command on the queue lane; 0 where there is none",
    registers: [],
  });
  const depth = new Gauge({
    name: "aethyr_queue_depth",
    help: "Commands on the queue lane that are not dealt with, by partition",
    labelNames: ["partition"],
    registers: [registry],
    async collect() {
      try {
        const { state } = await streams.info(`CMD_${world}`, { subjects_filter: `cmd.${world}.>` });
        for (let partition = 0; partition < partitions; partition += 1) depth.set({ partition }, 0);
        for (const [subject, count] of Object.entries(state.subjects ?? {}))
          depth.inc({ partition: subject.split(".", 3)[2] ?? "" }, count);
        oldest.set(state.messages === 0 ? 0 : Math.max(0, (Date.now() - Date.parse(state.first_ts)) / 1_000));
        isTold = false;
      } catch (error) {
        if (!isTold) log.warn({ err: error }, "what waits on the queue lane cannot be told");
        isTold = true;
      }
    },
  });
  // After the other one, which reads for both.
  registry.registerMetric(oldest);
}
