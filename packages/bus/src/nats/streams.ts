import { DiscardPolicy, type JetStreamManager, RetentionPolicy, StorageType, type StreamConfig, type StreamInfo } from "@nats-io/jetstream";
import { usualReplicas } from "@aethyr/nats";
import { isPartitionCount, mostPartitions, partitionMapping, subjectFilter } from "@aethyr/protocol";
import { nanos, type ServerInfo } from "@nats-io/transport-node";
import { BusUnavailableError, PartitionsError } from "../errors.ts";
import { isPermissionDenied, isStreamNotFound } from "./nats-errors.ts";
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

/** Creates the streams of a world that do not exist, or finds them. Rejects with `other_partitions` and `unavailable`. */
export async function ensureStreams(manager: JetStreamManager, server: ServerInfo | undefined, options: NatsOptions): Promise<Streams> {
  const { world, createStreams = true } = options;
  const names = { queue: `CMD_${world}`, feed: `EVT_${world}`, deadLetters: `DLQ_${world}` };
  if (options.partitions !== undefined && !isPartitionCount(options.partitions)) {
    throw new PartitionsError(`a world has 1 to ${mostPartitions} partitions, not ${options.partitions}`, {
      partitions: options.partitions,
    });
  }
  if (!createStreams) return { ...names, partitions: await partitionsFound(manager, names.queue, options) };
  const { partitions = defaultPartitions, queueLimit = 100_000, aggregateLimit = 1_000 } = options;
  const common = {
    storage: StorageType.File,
    duplicate_window: nanos(duplicateWindowMs),
    num_replicas: options.replicas ?? usualReplicas(server),
  };
  const queue = await ensure(manager, {
    ...common,
    name: names.queue,
    subjects: [subjectFilter("queue", world)],
    subject_transform: partitionMapping("queue", world, partitions),
    retention: RetentionPolicy.Workqueue,
    // A full lane refuses what is new and keeps what it took; so does a full aggregate, which leaves the others their room.
    discard: DiscardPolicy.New,
    discard_new_per_subject: true,
    max_msgs: queueLimit,
    max_msgs_per_subject: aggregateLimit,
  });
  await ensure(manager, {
    ...common,
    name: names.feed,
    subjects: [subjectFilter("event", world)],
    discard: DiscardPolicy.Old,
    max_msgs: options.feedEvents ?? 1_000_000,
    allow_direct: true,
  });
  await ensure(manager, {
    ...common,
    name: names.deadLetters,
    subjects: [subjectFilter("dead-letter", world)],
    discard: DiscardPolicy.Old,
    max_msgs: options.deadLetterLimit ?? 10_000,
  });
  return { ...names, partitions: partitionsOf(queue, options) };
}

async function ensure(manager: JetStreamManager, config: Partial<StreamConfig> & { readonly name: string }): Promise<StreamInfo> {
  const existing = await found(manager, config.name);
  if (existing !== undefined) return existing;
  try {
    return await manager.streams.add(config);
  } catch (error) {
    // Somebody else, with other options, was quicker.
    const theirs = await found(manager, config.name);
    if (theirs === undefined) throw error;
    return theirs;
  }
}

async function found(manager: JetStreamManager, name: string): Promise<StreamInfo | undefined> {
  try {
    return await manager.streams.info(name);
  } catch (error) {
    if (isStreamNotFound(error)) return undefined;
    throw error;
  }
}

async function partitionsFound(manager: JetStreamManager, name: string, options: NatsOptions): Promise<number | undefined> {
  try {
    const stream = await found(manager, name);
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

function partitionsOf({ config }: StreamInfo, { world, partitions }: NatsOptions): number {
  const text = /\{\{partition\((\d+),1,2\)\}\}/.exec(config.subject_transform?.dest ?? "")?.[1];
  const actual = text === undefined ? undefined : Number(text);
  if (actual !== undefined && config.subject_transform?.dest === partitionMapping("queue", world, actual).dest) {
    if (partitions === undefined || partitions === actual) return actual;
  }
  const has = actual === undefined ? "is not divided into partitions" : `has ${actual} partitions, not ${partitions ?? defaultPartitions}`;
  throw new PartitionsError(
    `stream ${config.name} ${has}, and that is fixed when it is created: connect with that number; or stop all senders, let the hosts deal ` +
      `with what waits, stop them, delete the stream, and start again`,
    { stream: config.name, actual: actual ?? null, asked: partitions ?? null },
  );
}
