import { AckPolicy, type ConsumerInfo, DeliverPolicy } from "@nats-io/jetstream";
import { nanos, nuid } from "@nats-io/transport-node";
import type { Link } from "./connection.ts";
import { isConsumerNotFound } from "./nats-errors.ts";

/** Not acknowledged for so long, a command is handed out again; a server that is alive keeps saying that it is at work. */
export const acknowledgeWithinMs = 30_000;

/** A server's own consumer of the queue lane. */
export type LaneConsumer = {
  readonly name: string;
  /** How often a message was handed out before this consumer existed, as far as is known. */
  attemptsBefore(sequence: number): number;
};

/** Highest sequence that each former consumer had handed out, newest last; older ones are forgotten. */
const maxRemembered = 16;

/**
 * Takes the queue lane: whoever has it loses it. A new consumer hands out everything that is not acknowledged, in the order of the stream;
 * a former one, passed on as it is, would hand out what comes next before what was left over. The server refuses a second consumer, so that
 * of two that take the lane at once one fails and tries again.
 */
export async function takeLane(link: Link, stream: string, handedOutLimit: number): Promise<LaneConsumer> {
  const former = await laneConsumers(link, stream);
  const handedOut = former.flatMap(({ config, delivered }) => [...remembered(config.metadata?.[metadataKey]), delivered.stream_seq]);
  for (const { name } of former) await deleteConsumer(link, stream, name);
  const recent = handedOut.slice(-maxRemembered);
  const name = `host-${nuid.next()}`;
  await link.manager.consumers.add(stream, {
    durable_name: name,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(acknowledgeWithinMs),
    deliver_policy: DeliverPolicy.All,
    max_ack_pending: handedOutLimit,
    metadata: { [metadataKey]: recent.join(",") },
  });
  return { name, attemptsBefore: (sequence) => recent.filter((highest) => highest >= sequence).length };
}

/** The lane's consumers: one, or none. */
export const laneConsumers = async (link: Link, stream: string): Promise<readonly ConsumerInfo[]> => {
  const found: ConsumerInfo[] = [];
  for await (const info of link.manager.consumers.list(stream)) found.push(info);
  return found;
};

const metadataKey = "aethyr-handed-out";

const remembered = (text: string | undefined): readonly number[] => (text === undefined || text === "" ? [] : text.split(",").map(Number));

async function deleteConsumer(link: Link, stream: string, name: string): Promise<void> {
  try {
    await link.manager.consumers.delete(stream, name);
  } catch (error) {
    if (!isConsumerNotFound(error)) throw error;
  }
}
