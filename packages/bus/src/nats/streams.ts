import { type JetStreamManager, RetentionPolicy, DiscardPolicy, StorageType, type StreamConfig } from "@nats-io/jetstream";
import { subjectFilter } from "@aethyr/protocol";
import type { NatsOptions } from "./options.ts";
import { isStreamNotFound } from "./nats-errors.ts";
import { nanos } from "@nats-io/transport-node";

export type StreamNames = { readonly queue: string; readonly feed: string; readonly deadLetters: string };

const streamNames = (world: string): StreamNames => ({ queue: `CMD_${world}`, feed: `EVT_${world}`, deadLetters: `DLQ_${world}` });

// The server remembers an id for this long; its memory grows with it.
const duplicateWindowMs = 2 * 60_000;

/** Creates the streams of a world that do not exist. */
export async function ensureStreams(manager: JetStreamManager, options: NatsOptions): Promise<StreamNames> {
  const { world, queueLimit = 100_000, feedEvents = 1_000_000, deadLetterLimit = 10_000 } = options;
  const names = streamNames(world);
  await ensure(manager, {
    name: names.queue,
    subjects: [subjectFilter("queue", world)],
    retention: RetentionPolicy.Workqueue,
    // A full lane refuses what is new and keeps what it took.
    discard: DiscardPolicy.New,
    max_msgs: queueLimit,
  });
  await ensure(manager, {
    name: names.feed,
    subjects: [subjectFilter("event", world)],
    discard: DiscardPolicy.Old,
    max_msgs: feedEvents,
    allow_direct: true,
  });
  await ensure(manager, {
    name: names.deadLetters,
    subjects: [subjectFilter("dead-letter", world)],
    discard: DiscardPolicy.Old,
    max_msgs: deadLetterLimit,
  });
  return names;
}

async function ensure(manager: JetStreamManager, config: Partial<StreamConfig> & { readonly name: string }): Promise<void> {
  try {
    await manager.streams.info(config.name);
  } catch (error) {
    if (!isStreamNotFound(error)) throw error;
    await manager.streams.add({ storage: StorageType.File, duplicate_window: nanos(duplicateWindowMs), ...config });
  }
}
