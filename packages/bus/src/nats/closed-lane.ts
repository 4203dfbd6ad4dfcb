import type { JetStreamManager, StreamConfig, StreamInfo } from "@nats-io/jetstream";
import { partitionMapping, subjectFilter } from "@aethyr/protocol";
import { nuid } from "@nats-io/transport-node";
import { LaneInTransitError } from "../errors.ts";

/** A queue lane that takes nothing from senders while what waits in it is carried over. */
export type ClosedLane = {
  readonly stream: string;
  readonly world: string;
  /** Names this closing: what is carried over is marked with it. */
  readonly id: string;
  /** What the lane is to be divided into. */
  readonly partitions: number;
};

type Limits = Pick<StreamConfig, "max_msgs" | "max_msgs_per_subject" | "discard_new_per_subject">;
type Closing = { readonly id: string; readonly partitions: number; readonly limits: Limits };

/** In the stream's own metadata, so that whoever goes on after a crash finds what has to be put back. */
const closingKey = "aethyr-carrying";

/** Where what is carried over is published. No role but the hosts' may. */
export const carrySubject = (world: string, tokens: string): string => `carry.${world}.${tokens}`;

/** Whether a lane is closed, and for which division; undefined for one that is open. */
export function closingOf({ config }: StreamInfo): Closing | undefined {
  const text = config.metadata?.[closingKey];
  return text === undefined ? undefined : (JSON.parse(text) as Closing);
}

/**
 * Closes a lane to senders, which are refused as if it were away, and takes its consumers from it. One that is closed already stays so. Rejects
 * with `LaneInTransitError` where it was closed for another number of partitions.
 */
export async function closeLane(manager: JetStreamManager, world: string, stream: string, partitions: number): Promise<ClosedLane> {
  const info = await manager.streams.info(stream);
  const found = closingOf(info);
  if (found !== undefined && found.partitions !== partitions) throw new LaneInTransitError(stream, found.partitions, partitions);
  const closing: Closing = found ?? { id: nuid.next(), partitions, limits: limitsOf(info) };
  if (found === undefined) {
    await manager.streams.update(stream, {
      subjects: [carrySubject(world, "*.*")],
      subject_transform: { src: carrySubject(world, "*.*"), dest: partitionMapping("queue", world, partitions).dest },
      // For a moment a command is there twice. No sender can fill the lane meanwhile.
      max_msgs: -1,
      max_msgs_per_subject: -1,
      discard_new_per_subject: false,
      metadata: { ...info.config.metadata, [closingKey]: JSON.stringify(closing) },
    });
  }
  return { stream, world, id: closing.id, partitions };
}

/** Lets senders in again, with the limits of before. */
export async function openLane(manager: JetStreamManager, { stream, world, partitions }: ClosedLane): Promise<void> {
  const info = await manager.streams.info(stream);
  const closing = closingOf(info);
  if (closing === undefined) return;
  const { [closingKey]: _, ...metadata } = info.config.metadata ?? {};
  await manager.streams.update(stream, {
    ...closing.limits,
    subjects: [subjectFilter("queue", world)],
    subject_transform: partitionMapping("queue", world, partitions),
    metadata,
  });
}

const limitsOf = ({ config }: StreamInfo): Limits => ({
  max_msgs: config.max_msgs,
  max_msgs_per_subject: config.max_msgs_per_subject,
  discard_new_per_subject: config.discard_new_per_subject,
});
