import { isPartitionCount, mostPartitions } from "@aethyr/protocol";
import { PartitionsError } from "../errors.ts";
import { carryOver, type Carried } from "./carry-over.ts";
import { closeLane, closingOf, openLane } from "./closed-lane.ts";
import { openLink, type Link } from "./connection.ts";
import { createLettersKept } from "./dead-letters.ts";
import { consumerNames } from "./lane-consumer.ts";
import { isConsumerNotFound, toBusError } from "./nats-errors.ts";
import type { NatsOptions } from "./options.ts";
import { ensureStreams, partitionsOfLane, streamFound } from "./streams.ts";

export type DivideLaneOptions = Omit<NatsOptions, "createStreams"> & {
  readonly partitions: number;
  /** Another world, whose lane takes what waits; without it the lane stays where it is. The lane of before then stays closed. */
  readonly into?: string;
  /** Commands that were carried over so far. */
  readonly onCarried?: (count: number) => void;
  readonly signal?: AbortSignal;
};

export type QueueLane = {
  readonly waiting: number;
  /** Undefined for a stream that is none of ours. */
  readonly partitions: number | undefined;
  /** While what waits in it is carried over, and after that for good where another lane has taken it. */
  readonly isClosed: boolean;
};

/**
 * Divides the queue lane of a world into another number of partitions, with all that waits in it; senders are refused meanwhile. For a world
 * without hosts. Safe to call again after an interruption: it goes on where it was, and does nothing where it is done. Rejects with `unavailable`,
 * `timeout`, `lane_in_transit`, `other_partitions`.
 */
export async function divideLane(options: DivideLaneOptions): Promise<Carried> {
  const { world, partitions, into = world } = options;
  if (!isPartitionCount(partitions))
    throw new PartitionsError(`a world has 1 to ${mostPartitions} partitions, not ${partitions}`, { partitions });
  const link = await openLink(options);
  try {
    return await divide(link, options, into);
  } catch (error) {
    if (options.signal?.aborted === true && error === options.signal.reason) throw error;
    throw toBusError(error, "carry the waiting commands over", 0);
  } finally {
    await link.close();
  }
}

const nothing: Carried = { carried: 0, putAside: 0 };

async function divide(link: Link, options: DivideLaneOptions, into: string): Promise<Carried> {
  const { world, partitions, onCarried, signal } = options;
  const { manager } = link;
  const [source, target] = [`CMD_${world}`, `CMD_${into}`];
  if (into !== world) await ensureStreams(manager, link.nats.info, { ...options, world: into });
  const found = await streamFound(manager, source);
  // A host that begins the world makes it.
  if (found === undefined) return nothing;
  if (into === world && closingOf(found) === undefined && partitionsOfLane(found, world) === partitions) return nothing;
  const from = await closeLane(manager, world, source, partitions);
  const to = into === world ? from : await closeLane(manager, into, target, partitions);
  for (const name of await consumerNames(link, source)) {
    await manager.consumers.delete(source, name).catch((error: unknown) => {
      if (!isConsumerNotFound(error)) throw error;
    });
  }
  const result = await carryOver(link, { from, to, letters: createLettersKept(link, into, `DLQ_${into}`), onCarried, signal });
  await openLane(manager, to);
  return result;
}

/** What waits in the queue lane of a world, and how it is divided; undefined for a world that has none. Rejects with `unavailable`, `timeout`. */
export async function queueLane(options: NatsOptions): Promise<QueueLane | undefined> {
  const link = await openLink(options);
  try {
    const found = await streamFound(link.manager, `CMD_${options.world}`);
    return (
      found && {
        waiting: found.state.messages,
        partitions: partitionsOfLane(found, options.world),
        isClosed: closingOf(found) !== undefined,
      }
    );
  } catch (error) {
    throw toBusError(error, "look at the queue lane", 0);
  } finally {
    await link.close();
  }
}
