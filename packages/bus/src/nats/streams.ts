import {
  DiscardPolicy,
  type JetStreamManager,
  PersistMode,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
  type StreamInfo,
} from "@nats-io/jetstream";
import { isStreamNotFound, usualReplicas } from "@aethyr/nats";
import { defaultMaxCommandBytes, isPartitionCount, mostPartitions, partitionMapping, subjectFilter } from "@aethyr/protocol";
import { nanos, type ServerInfo } from "@nats-io/transport-node";
import { BusUnavailableError, PartitionsError } from "../errors.ts";
import { headerRoom } from "./connection.ts";
import { isNoRoom, isPermissionDenied } from "./nats-errors.ts";
import type { NatsOptions } from "./options.ts";

export type Streams = {
  readonly queue: string;
  readonly feed: string;
  readonly deadLetters: string;
  /** Of the lanes; undefined for a role that may not know. */
  readonly partitions: number | undefined;
};

// The server remembers an id for this long; its memory grows with it.
const duplicateWindowMs = 2 * 60_000;

const defaultPartitions = 32;

// The server keeps room for as many bytes, so that what these take is never taken from leases, keys and whoever else keeps something there.
const mebibyte = 1024 * 1024;
const defaultBytes = { queue: 256 * mebibyte, feed: 1024 * mebibyte, deadLetters: 64 * mebibyte };

/** Creates the streams of a world that do not exist, or finds them. Rejects with `other_partitions` and `unavailable`. */
export async function ensureStreams(manager: JetStreamManager, server: ServerInfo | undefined, options: NatsOptions): Promise<Streams> {
  const { world, createStreams = true } = options;
  const names = { queue: `CMD_${world}`, feed: `EVT_${world}`, deadLetters: `DLQ_${world}` };
  if (options.partitions !== undefined && !isPartitionCount(options.partitions)) {
    throw new PartitionsError(`a world has 1 to ${mostPartitions} partitions, not ${options.partitions}`, {
      partitions: options.partitions,
    });
  }
  if (createStreams !== true) {
    const partitions = await partitionsFound(manager, names.queue, options);
    if (createStreams === "feed") await ensureFeed(manager, server, options);
    return { ...names, partitions };
  }
  const queue = await ensureQueue(manager, server, options);
  await ensureFeed(manager, server, options);
  await ensure(manager, {
    ...common(server, options),
    name: names.deadLetters,
    subjects: [subjectFilter("dead-letter", world)],
    discard: DiscardPolicy.Old,
    max_msgs: options.deadLetterLimit ?? 10_000,
    max_bytes: options.deadLetterBytes ?? defaultBytes.deadLetters,
  });
  return { ...names, partitions: partitionsOf(queue, options) };
}

const common = (server: ServerInfo | undefined, options: NatsOptions) => ({
  storage: StorageType.File,
  duplicate_window: nanos(duplicateWindowMs),
  num_replicas: options.replicas ?? usualReplicas(server),
});

/** The queue lane's stream, made if it is not there. */
export function ensureQueue(manager: JetStreamManager, server: ServerInfo | undefined, options: NatsOptions): Promise<StreamInfo> {
  const { world, partitions = defaultPartitions, queueLimit = 100_000, aggregateLimit = 1_000 } = options;
  return ensure(manager, {
    ...common(server, options),
    name: `CMD_${world}`,
    subjects: [subjectFilter("queue", world)],
    subject_transform: partitionMapping("queue", world, partitions),
    retention: RetentionPolicy.Workqueue,
    // A full lane refuses what is new and keeps what it took; so does a full aggregate, which leaves the others their room.
    discard: DiscardPolicy.New,
    discard_new_per_subject: true,
    max_msgs: queueLimit,
    max_bytes: options.queueBytes ?? defaultBytes.queue,
    // Larger ones are no commands: the server refuses them as they come, instead of keeping them until a host finds out.
    max_msg_size: defaultMaxCommandBytes + headerRoom,
    max_msgs_per_subject: aggregateLimit,
  });
}

/**
 * The feed's stream, made if it is not there. It is the one stream whose messages are all in the log: a server that dies may forget its newest, and
 * the relay publishes them again. So nobody waits for its disk.
 */
export function ensureFeed(manager: JetStreamManager, server: ServerInfo | undefined, options: NatsOptions): Promise<StreamInfo> {
  const { world, feedEvents = 1_000_000 } = options;
  const usual = common(server, options);
  return ensure(manager, {
    ...usual,
    // Several servers have a log of their own for what they agree on, and take no such mode.
    ...(usual.num_replicas === 1 ? { persist_mode: PersistMode.Async } : {}),
    name: `EVT_${world}`,
    subjects: [subjectFilter("event", world)],
    discard: DiscardPolicy.Old,
    max_msgs: feedEvents,
    max_bytes: options.feedBytes ?? defaultBytes.feed,
    allow_direct: true,
  });
}

async function ensure(manager: JetStreamManager, config: Partial<StreamConfig> & { readonly name: string }): Promise<StreamInfo> {
  const existing = await streamFound(manager, config.name);
  if (existing !== undefined) return existing;
  try {
    return await manager.streams.add(config);
  } catch (error) {
    // Somebody else, with other options, was quicker.
    const theirs = await streamFound(manager, config.name);
    if (theirs !== undefined) return theirs;
    if (!isNoRoom(error)) throw error;
    const wanted = Math.ceil((config.max_bytes ?? 0) / mebibyte);
    throw new BusUnavailableError(
      `NATS has no room for ${wanted} MiB, which stream ${config.name} may take: make room on its disk, give JetStream more of it (max_file_store), or let the feed have less (nats.feedBytes)`,
      { cause: error },
    );
  }
}

/** A stream; undefined for one that does not exist. */
export async function streamFound(manager: JetStreamManager, name: string): Promise<StreamInfo | undefined> {
  try {
    return await manager.streams.info(name);
  } catch (error) {
    if (isStreamNotFound(error)) return undefined;
    throw error;
  }
}

async function partitionsFound(manager: JetStreamManager, name: string, options: NatsOptions): Promise<number | undefined> {
  try {
    const stream = await streamFound(manager, name);
    if (stream !== undefined) return partitionsOf(stream, options);
  } catch (error) {
    // A role that only sends need not see streams: the server or a host puts the partition in.
    if (isPermissionDenied(error)) return undefined;
    throw error;
  }
  throw new BusUnavailableError(
    `the world ${options.world} has no stream ${name}, and this role may not create it: start a host first, or connect with createStreams`,
  );
}

/** What a queue lane is divided into; undefined for a stream that is divided otherwise. */
export function partitionsOfLane({ config }: StreamInfo, world: string): number | undefined {
  const dest = config.subject_transform?.dest;
  const text = /\{\{partition\((\d+),1,2\)\}\}/.exec(dest ?? "")?.[1];
  const actual = text === undefined ? undefined : Number(text);
  return actual !== undefined && dest === partitionMapping("queue", world, actual).dest ? actual : undefined;
}

function partitionsOf(stream: StreamInfo, { world, partitions }: NatsOptions): number {
  const actual = partitionsOfLane(stream, world);
  if (actual !== undefined && (partitions === undefined || partitions === actual)) return actual;
  const { name } = stream.config;
  const has = actual === undefined ? "is not divided into partitions" : `has ${actual} partitions, not ${partitions ?? defaultPartitions}`;
  throw new PartitionsError(
    `stream ${name} ${has}: connect with that number; or stop all hosts and give the world another one with "aethyr partitions resize"`,
    { stream: name, actual: actual ?? null, asked: partitions ?? null },
  );
}
