import type { Fence } from "@aethyr/event-store";
import { PlacementError } from "../errors.ts";
import type { Parts } from "../host/parts.ts";
import type { PartitionServer } from "../options.ts";
import type { Slot } from "./slot.ts";

/** Begins and ends what serves partitions, and waits for none of it longer than the settings say. */
export type Serving = {
  /** Rejects with `timeout`; what comes after that is abandoned. */
  begin(slot: Slot, fence: Fence, onLost: () => void): Promise<PartitionServer>;
  /** Whether it has drained in time. */
  drain(slot: Slot): Promise<boolean>;
  abandon(slot: Slot, server: PartitionServer | undefined): Promise<void>;
};

export function createServing({ clock, settings, log, serve }: Pick<Parts, "clock" | "settings" | "log" | "serve">): Serving {
  /** Whether something that may never end has ended within some time. Then nobody waits for it any more. */
  async function isDone(work: Promise<void> = Promise.resolve(), ms: number, partition: number): Promise<boolean> {
    const late = Promise.withResolvers<false>();
    const cancel = clock.after(ms, () => late.resolve(false));
    try {
      const inTime = await Promise.race([work.then(() => true), late.promise]);
      if (!inTime) work.catch((error: unknown) => log.warn({ err: error, partition }, "what took too long to end failed at last"));
      return inTime;
    } finally {
      cancel();
    }
  }

  async function abandon({ partition }: Slot, server: PartitionServer | undefined): Promise<void> {
    try {
      // Without its fence it does no harm, however long it takes.
      if (await isDone(server?.abandon(), settings.abandonMs, partition)) return;
      log.warn({ partition, abandonMs: settings.abandonMs }, "what served the partition does not end: it is left to itself");
    } catch (error) {
      log.error({ err: error, partition }, "what served the partition could not be abandoned");
    }
  }

  return {
    /** One that does not come would keep the partition from everybody. */
    async begin(slot, fence, onLost) {
      const { partition } = slot;
      const late = Promise.withResolvers<undefined>();
      const cancel = clock.after(settings.serveMs, () => late.resolve(undefined));
      const coming = serve(partition, fence, onLost);
      try {
        const server = await Promise.race([coming, late.promise]);
        if (server !== undefined) return server;
      } finally {
        cancel();
      }
      coming.then(
        (server) => abandon(slot, server),
        (error: unknown) => log.warn({ err: error, partition }, "what did not begin in time to serve the partition failed at last"),
      );
      throw new PlacementError("timeout", `the partition could not be served within ${settings.serveMs} ms`, { partition });
    },
    async drain({ server, partition }) {
      try {
        const inTime = await isDone(server?.drain(), settings.drainMs, partition);
        if (!inTime) log.warn({ partition, drainMs: settings.drainMs }, "the partition did not drain in time: what is left is abandoned");
        return inTime;
      } catch (error) {
        log.error({ err: error, partition }, "the partition could not be drained: what is left is abandoned");
        return false;
      }
    },
    abandon,
  };
}
