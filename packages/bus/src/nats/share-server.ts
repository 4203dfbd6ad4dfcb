import { setTimeout as delay } from "node:timers/promises";
import { isStreamNotFound } from "@aethyr/nats";
import type { Share, Subscription } from "../bus.ts";
import { OutdatedEpochError } from "../errors.ts";
import { takePartition, type Made } from "./lane-consumer.ts";
import type { LaneServerParts } from "./lane-server.ts";
import { createQueueReader } from "./queue-reader.ts";

/** Pauses before a partition is taken anew, where it failed: the server is away, or elects. */
const pauseMs = 250;

/**
 * Takes one partition of both lanes for an epoch. Where deliveries may have been lost on their way (the connection was, or the server that
 * keeps the consumer), this server takes it anew, under the same epoch, so that nothing later comes before them.
 */
export async function serveShare(parts: LaneServerParts & { readonly world: string }, share: Share): Promise<Subscription> {
  const { link, world, stream, handedOutLimit, handler } = parts;
  const { partition, epoch } = share;
  const stop = new AbortController();
  const made: Made = { count: 0, newest: undefined, attempted: undefined };
  let requests: Subscription | undefined;
  let renewing: Promise<void> | undefined;

  const isOver = (): boolean => stop.signal.aborted || !link.isOpen();
  const reader = createQueueReader({ ...parts, onDoubt: (why) => renew(why) });
  const forgetReconnects = link.onReconnect(() => renew("the connection was away"));

  const take = async (): Promise<void> => {
    await reader.read(await takePartition(link, { world, stream, partition, epoch, handedOutLimit }, made));
  };

  function renew(why: string): void {
    if (isOver() || renewing !== undefined) return;
    link.report({ type: "lane_renewed", detail: `partition ${partition}, epoch ${epoch}: ${why}` });
    renewing = untilTaken()
      .catch(() => undefined)
      .finally(() => {
        renewing = undefined;
      });
  }

  async function untilTaken(): Promise<void> {
    while (!isOver()) {
      try {
        return await take();
      } catch (error) {
        if (error instanceof OutdatedEpochError || isStreamNotFound(error)) return await lost();
      }
      await delay(pauseMs, undefined, { signal: stop.signal });
    }
  }

  async function lost(): Promise<void> {
    stop.abort();
    forgetReconnects();
    reader.forget();
    await Promise.all([requests?.close(), reader.close()]);
    share.onLost?.();
  }

  const close = async (): Promise<void> => {
    stop.abort();
    forgetReconnects();
    await renewing;
    await requests?.close();
    await reader.close();
  };

  try {
    await take();
    requests = await parts.requests.serveShare(share, handler);
  } catch (error) {
    await close();
    throw error;
  }
  let closing: Promise<void> | undefined;
  return { close: () => (closing ??= close()) };
}
