import { setTimeout as delay } from "node:timers/promises";
import { isStreamNotFound } from "@aethyr/nats";
import { BusUnavailableError } from "../errors.ts";
import type { Link } from "./connection.ts";
import type { NatsOptions } from "./options.ts";
import { ensureFeed, ensureQueue } from "./streams.ts";

/** For so long who may not make the feed's stream waits for who may: a relay looks every few seconds. */
const waitMs = 15_000;
const lookEveryMs = 250;

/** Makes calls on streams that somebody may have deleted: where this role may, they are made again; else the error says who does. */
export type LostStreams = {
  /** Of the feed's stream, whose call is made once more on the empty one; who may not make that waits for it, some seconds at most. */
  onFeed<T>(work: () => Promise<T>): Promise<T>;
  /** The same, but publishing is for whoever publishes to begin anew: rejects with `unavailable` once the feed is there again. */
  publishing<T>(work: () => Promise<T>): Promise<T>;
  /** Of the queue lane's, which begins empty: what it held is lost, and what nobody answered its senders send again. */
  onQueue<T>(work: () => Promise<T>): Promise<T>;
};

export function createLostStreams(link: Link, options: NatsOptions, partitions: number | undefined): LostStreams {
  const { world, createStreams = true } = options;

  const missing = (stream: string, remedy: string, cause: unknown): BusUnavailableError =>
    new BusUnavailableError(`the world ${world} has no stream ${stream} any more: ${remedy}`, { cause });

  async function makeFeed(): Promise<void> {
    await ensureFeed(link.manager, link.nats.info, options);
    link.report({ type: "stream_made_again", detail: `EVT_${world} was gone` });
  }

  async function awaitFeed<T>(work: () => Promise<T>): Promise<T> {
    for (let waited = 0; ; waited += lookEveryMs) {
      try {
        return await work();
      } catch (error) {
        if (!isStreamNotFound(error) || !link.isOpen()) throw error;
        if (waited >= waitMs) throw missing(`EVT_${world}`, "the relay makes it again and fills it from the log, see that one runs", error);
      }
      await delay(lookEveryMs);
    }
  }

  return {
    async onFeed(work) {
      if (createStreams === false) return awaitFeed(work);
      try {
        return await work();
      } catch (error) {
        if (!isStreamNotFound(error)) throw error;
        await makeFeed();
        return work();
      }
    },

    async publishing(work) {
      try {
        return await work();
      } catch (error) {
        if (!isStreamNotFound(error) || createStreams === false) throw error;
        await makeFeed();
        throw new BusUnavailableError(`stream EVT_${world} was gone and is there again, empty: publish what it is to hold`, {
          cause: error,
        });
      }
    },

    async onQueue(work) {
      try {
        return await work();
      } catch (error) {
        if (!isStreamNotFound(error)) throw error;
        if (createStreams !== true) throw missing(`CMD_${world}`, "a host makes it again, see that one runs", error);
        await ensureQueue(link.manager, link.nats.info, { ...options, ...(partitions === undefined ? {} : { partitions }) });
        link.report({ type: "stream_made_again", detail: `CMD_${world} was gone, and with it the commands that waited there` });
        return work();
      }
    },
  };
}
