import { jetstreamManager, type StreamState } from "@nats-io/jetstream";
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
  let asked: Promise<StreamState | undefined> | undefined;
  /** Both gauges are read at once, and ask once. */
  function state(): Promise<StreamState | undefined> {
    asked ??= ask().finally(() => {
      asked = undefined;
    });
    return asked;
  }
  async function ask(): Promise<StreamState | undefined> {
    try {
      const info = await streams.info(`CMD_${world}`, { subjects_filter: `cmd.${world}.>` });
      isTold = false;
      return info.state;
    } catch (error) {
      if (!isTold) log.warn({ err: error }, "what waits on the queue lane cannot be told");
      isTold = true;
      return undefined;
    }
  }

  const registers = [registry];
  new Gauge({
    name: "aethyr_queue_lane_commands",
    help: "Commands on the queue lane that are not dealt with, by partition",
    labelNames: ["partition"],
    registers,
    async collect() {
      const found = await state();
      if (found === undefined) return;
      for (let partition = 0; partition < partitions; partition += 1) this.set({ partition }, 0);
      for (const [subject, count] of Object.entries(found.subjects ?? {})) this.inc({ partition: subject.split(".", 3)[2] ?? "" }, count);
    },
  });
  new Gauge({
    name: "aethyr_queue_oldest_seconds",
    help: "Age of the oldest command on the queue lane; 0 where there is none",
    registers,
    async collect() {
      const found = await state();
      if (found === undefined) return;
      this.set(found.messages === 0 ? 0 : Math.max(0, (Date.now() - Date.parse(found.first_ts)) / 1_000));
    },
  });
}
