import { setTimeout as delay } from "node:timers/promises";
import type { Subscription } from "../bus.ts";
import { consumerNames, infoOf, takeLane } from "./lane-consumer.ts";
import type { LostStreams } from "./lost-streams.ts";
import { createQueueReader, type QueueReaderParts } from "./queue-reader.ts";
import type { RequestServer } from "./request-server.ts";

export type LaneServerParts = Omit<QueueReaderParts, "onDoubt"> & {
  readonly stream: string;
  readonly requests: RequestServer;
  readonly lost: Pick<LostStreams, "onQueue">;
};

const lookEveryMs = 500;

/**
 * Takes both lanes of a world, all partitions. The server that began last has them, so that there is one order; one that lost them stands by
 * and takes them back when nobody asks for commands any more.
 */
export async function serveLanes(parts: LaneServerParts): Promise<Subscription> {
  const { link, stream, handedOutLimit, handler } = parts;
  const stop = new AbortController();
  let own = "";
  let requests: Subscription | undefined;
  let standingBy: Promise<void> | undefined;

  const isOver = (): boolean => stop.signal.aborted || !link.isOpen();
  const reader = createQueueReader({ ...parts, onDoubt: () => standBy() });
  const forgetReconnects = link.onReconnect(() => standBy());

  async function take(): Promise<void> {
    const consumer = await takeLane(link, stream, handedOutLimit);
    own = consumer.name;
    await reader.read(consumer);
    requests ??= await parts.requests.serveAll(handler);
  }

  function standBy(): void {
    if (isOver() || standingBy !== undefined) return;
    standingBy = untilTaken()
      .catch(() => undefined)
      .finally(() => {
        standingBy = undefined;
      });
  }

  async function untilTaken(): Promise<void> {
    let idle: string | undefined;
    while (!isOver()) {
      try {
        const names = await parts.lost.onQueue(() => consumerNames(link, stream));
        // Still ours: deliveries may have been lost on their way, so all that is not acknowledged is handed out anew.
        if (names.includes(own)) return await take();
        await lost();
        const infos = await Promise.all(names.map((name) => infoOf(link, stream, name)));
        // A server that is there always asks for more; between two questions it may not for a moment, nor while it begins.
        const nobodyAsks = infos.every((info) => info === undefined || info.num_waiting === 0);
        const these = names.join(" ");
        if (nobodyAsks && these === idle) return await take();
        idle = nobodyAsks ? these : undefined;
      } catch {
        // Another one was quicker, or the connection is away, which its status tells: look again.
      }
      await delay(lookEveryMs, undefined, { signal: stop.signal });
    }
  }

  async function lost(): Promise<void> {
    if (own === "") return;
    own = "";
    reader.forget();
    const former = requests;
    requests = undefined;
    await former?.close();
  }

  const close = async (): Promise<void> => {
    stop.abort();
    forgetReconnects();
    await standingBy;
    await reader.close();
    await requests?.close();
  };

  try {
    await take();
  } catch (error) {
    await close();
    throw error;
  }
  let closing: Promise<void> | undefined;
  return { close: () => (closing ??= close()) };
}
