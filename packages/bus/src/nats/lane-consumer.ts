import { AckPolicy, type ConsumerInfo, DeliverPolicy, JetStreamApiError } from "@nats-io/jetstream";
import { inTime } from "@aethyr/async";
import { partitionFilter } from "@aethyr/protocol";
import { nanos, nuid, TimeoutError } from "@nats-io/transport-node";
import { BusUnavailableError, OutdatedEpochError } from "../errors.ts";
import { callTimeoutMs, type Link } from "./connection.ts";
import { isConsumerNotFound, isConsumerNotUnique } from "./nats-errors.ts";

/** Not acknowledged for so long, a command is handed out again; a server that is alive keeps saying that it is at work. */
export const acknowledgeWithinMs = 30_000;

/** A server's own consumer of the queue lane, or of a partition of it. */
export type LaneConsumer = {
  readonly info: ConsumerInfo;
  readonly name: string;
  /** How often a message was handed out before this consumer existed, as far as is known. */
  attemptsBefore(sequence: number): number;
};

/** Highest sequence that each former consumer had handed out, newest last; older ones are forgotten. */
const maxRemembered = 16;

/**
 * Takes the whole queue lane: whoever has it, or a partition of it, loses it. A new consumer hands out everything that is not acknowledged, in
 * the order of the stream; a former one, passed on as it is, would hand out what comes next before what was left over. The server refuses a
 * second consumer, so that of two that take the lane at once one finds the other there.
 */
export async function takeLane(link: Link, stream: string, handedOutLimit: number): Promise<LaneConsumer> {
  return unlessTaken(async () =>
    replace(link, stream, await consumerNames(link, stream), { durable_name: `host-${nuid.next()}`, max_ack_pending: handedOutLimit }),
  );
}

export type PartitionConsumer = {
  readonly world: string;
  readonly stream: string;
  readonly partition: number;
  readonly epoch: number;
  readonly handedOutLimit: number;
};

/** What a server of a partition knows of the consumers that it made: it makes another when deliveries may have been lost. */
export type Made = { count: number; newest: string | undefined; attempted: string | undefined };

/**
 * Takes a partition for an epoch, in the same way: from lower epochs, and from a server of the whole lane. Never from a higher one, nor when
 * the consumer that it made before is gone, since only who takes a partition removes one: rejects with `outdated_epoch`.
 */
export async function takePartition(link: Link, options: PartitionConsumer, made: Made): Promise<LaneConsumer> {
  const { world, stream, partition, epoch, handedOutLimit } = options;
  return unlessTaken(async () => {
    const names = await consumerNames(link, stream);
    const former = names.filter((name) => partitionIn(name)?.partition === partition);
    const others = names.filter((name) => partitionIn(name) === undefined);
    const seen = Math.max(0, ...former.map((name) => partitionIn(name)?.epoch ?? 0));
    if (seen > epoch || (made.count === 0 && seen === epoch)) throw new OutdatedEpochError(partition, epoch, seen);
    if (made.newest !== undefined && !names.includes(made.newest)) throw new OutdatedEpochError(partition, epoch, Math.max(seen, epoch));
    const unanswered =
      made.attempted !== undefined && names.includes(made.attempted) ? await infoOf(link, stream, made.attempted) : undefined;
    if (unanswered !== undefined) {
      // It was made, and only the answer was lost: two that made another each time would be in each other's way again.
      made.newest = unanswered.name;
      made.attempted = undefined;
      return laneConsumer(unanswered);
    }
    const name = `p${partition}-e${epoch}${made.count === 0 ? "" : `-${made.count}`}`;
    made.count += 1;
    made.attempted = name;
    // From here on until it is done nobody can say which of them is there.
    made.newest = undefined;
    const consumer = await replace(link, stream, [...others, ...former], {
      durable_name: name,
      filter_subject: partitionFilter("queue", world, partition),
      max_ack_pending: handedOutLimit,
    });
    made.newest = name;
    made.attempted = undefined;
    return consumer;
  });
}

/** Two that take the same at once see each other in so many rounds. */
const takeAttempts = 5;
/** Of two in a cluster one may never be answered: its consumer was removed while it was made. */
const unansweredAttempts = 2;

async function unlessTaken(take: () => Promise<LaneConsumer>): Promise<LaneConsumer> {
  let unanswered = 0;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await take();
    } catch (error) {
      if (error instanceof TimeoutError) unanswered += 1;
      else if (!isConsumerNotUnique(error)) throw error;
      if (attempt >= takeAttempts || unanswered >= unansweredAttempts) throw error;
    }
  }
}

const partitionName = /^p(\d+)-e(\d+)(?:-\d+)?$/;

function partitionIn(name: string): { readonly partition: number; readonly epoch: number } | undefined {
  const [, partition, epoch] = partitionName.exec(name) ?? [];
  return partition === undefined || epoch === undefined ? undefined : { partition: Number(partition), epoch: Number(epoch) };
}

async function replace(
  link: Link,
  stream: string,
  former: readonly string[],
  config: { readonly durable_name: string; readonly filter_subject?: string; readonly max_ack_pending: number },
): Promise<LaneConsumer> {
  const infos = (await Promise.all(former.map((name) => soon(infoOf(link, stream, name))))).filter((info) => info !== undefined);
  const handedOut = infos.flatMap((info) => [...remembered(info.config.metadata?.[metadataKey]), info.delivered.stream_seq]);
  for (const name of former) await unlessGone(link.manager.consumers.delete(stream, name));
  const info = await link.manager.consumers.add(stream, {
    ...config,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(acknowledgeWithinMs),
    deliver_policy: DeliverPolicy.All,
    metadata: { [metadataKey]: handedOut.slice(-maxRemembered).join(",") },
  });
  return laneConsumer(info);
}

/** What only the count of attempts depends on is not worth waiting for: a consumer that was just made, or whose server died, tells nothing. */
const soon = <T>(work: Promise<T>): Promise<T | undefined> =>
  inTime(work, 1_000).catch((error: unknown) => {
    if (error instanceof TimeoutError) return undefined;
    throw error;
  });

function laneConsumer(info: ConsumerInfo): LaneConsumer {
  const recent = remembered(info.config.metadata?.[metadataKey]);
  return { info, name: info.name, attemptsBefore: (sequence) => recent.filter((highest) => highest >= sequence).length };
}

/** A consumer; undefined for one that is not there. */
export const infoOf = (link: Link, stream: string, name: string): Promise<ConsumerInfo | undefined> =>
  unlessGone(link.manager.consumers.info(stream, name));

/**
 * Names of the stream's consumers. The client lists consumers with their state, for which a cluster asks the leader of each and waits for
 * those that have none, just when a server died and there is no time for that.
 */
export async function consumerNames(link: Link, stream: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (;;) {
    const subject = `$JS.API.CONSUMER.NAMES.${stream}`;
    const answer = await link.nats.request(subject, JSON.stringify({ offset: names.length }), { timeout: callTimeoutMs });
    const { consumers, total } = page(answer.json(), stream);
    names.push(...consumers);
    if (names.length >= total || consumers.length === 0) return names;
  }
}

function page(answer: unknown, stream: string): { readonly consumers: readonly string[]; readonly total: number } {
  if (isRecord(answer) && isRecord(answer["error"])) {
    const { code, err_code: reason, description } = answer["error"];
    throw new JetStreamApiError({ code: Number(code), err_code: Number(reason), description: String(description) });
  }
  if (isRecord(answer) && typeof answer["total"] === "number") {
    const consumers = Array.isArray(answer["consumers"]) ? answer["consumers"] : [];
    return { consumers: consumers.filter((name) => typeof name === "string"), total: answer["total"] };
  }
  throw new BusUnavailableError(`NATS does not tell the consumers of ${stream}: ${JSON.stringify(answer)}`);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null;

const metadataKey = "aethyr-handed-out";

const remembered = (text: string | undefined): readonly number[] => (text === undefined || text === "" ? [] : text.split(",").map(Number));

async function unlessGone<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isConsumerNotFound(error)) return undefined;
    throw error;
  }
}
