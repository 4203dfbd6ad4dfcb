import { isPartitionCount, mostPartitions, type Payload } from "@aethyr/protocol";
import type { Bus, CommandMessage, Delivery, Share, Subscription } from "../bus.ts";
import { checkRetryable, storable } from "../dead-letter.ts";
import { AlreadyServingError, BusClosedError, PartitionsError } from "../errors.ts";
import { checkSize } from "./copy.ts";
import { createKeptLetters } from "./dead-letters.ts";
import { createDispatcher } from "./dispatcher.ts";
import { createFeed } from "./feed.ts";
import { createHints } from "./hints.ts";
import { createKeptCommands } from "./kept-commands.ts";
import { createOwnerQuestions } from "./owner-questions.ts";
import { createOwnership } from "./ownership.ts";
import { createQueueLane, type LaneServer } from "./queue-lane.ts";
import { createRequestLane } from "./request-lane.ts";

export type InProcessOptions = {
  /** Newest events that the feed keeps; default 10,000. */
  readonly feedEvents?: number;
  /** Commands of the queue lane that wait for their acknowledgement, handed out or not; default 10,000. Past it: `unavailable`. */
  readonly queueLimit?: number;
  /** Of those, how many may be for one aggregate; default all of them. Past it: `busy`. */
  readonly aggregateLimit?: number;
  /** Partitions of the lanes, for `serve` with a share; default 1. */
  readonly partitions?: number;
  /** How many of one partition a server holds at once; default 1,000. */
  readonly handedOutLimit?: number;
  /** Newest command ids whose repeats the queue lane drops; default 10,000. */
  readonly recentIds?: number;
  /** Newest dead letters that are kept; default 1,000. */
  readonly deadLetterLimit?: number;
  /** Bytes of one message, reply, event; default 1 MiB. */
  readonly maxMessageBytes?: number;
};

/** A connection to a bus inside this process. `connect` opens another one to the same bus, which lives as long as any of them. */
export type InProcessBus = Bus & { connect(): InProcessBus };

const defaultTimeoutMs = 5_000;

/**
 * A bus without a server, for one process. It loses everything at the process's end: what must survive is in the event store. Of several
 * connections that serve, the one that began first gets every command, until it stops.
 */
export function createInProcessBus(options: InProcessOptions = {}): InProcessBus {
  return connectionTo(createBroker(options));
}

type Broker = ReturnType<typeof createBroker>;

function createBroker(options: InProcessOptions) {
  const { partitions = 1, queueLimit = 10_000, handedOutLimit = 1_000 } = options;
  if (!isPartitionCount(partitions)) {
    throw new PartitionsError(`a bus has 1 to ${mostPartitions} partitions, not ${partitions}`, { partitions });
  }
  const kept = createKeptCommands({
    kept: queueLimit,
    ofOneAggregate: options.aggregateLimit ?? queueLimit,
    recentIds: options.recentIds ?? 10_000,
  });
  const ownership = createOwnership(Array.from({ length: partitions }, () => createQueueLane(kept, handedOutLimit)));
  return {
    ownership,
    keep(message: CommandMessage, onReply?: (reply: Payload) => void, again = false): void {
      const lane = ownership.laneOf(message.target);
      const entry = kept.add(message, onReply, again);
      if (entry !== undefined) lane.push(entry);
    },
    hints: createHints(),
    feed: createFeed(options.feedEvents ?? 10_000),
    letters: createKeptLetters(options.deadLetterLimit ?? 1_000),
    maxBytes: options.maxMessageBytes ?? 1024 * 1024,
  };
}

function connectionTo(broker: Broker): InProcessBus {
  const requests = createRequestLane(broker.ownership.serverOf);
  const questions = createOwnerQuestions(broker.ownership.seatOf);
  const subscriptions = new Set<Subscription>();
  const served = new Set<Subscription>();
  let servesAll = false;
  let closed = false;

  const assertOpen = (): void => {
    if (closed) throw new BusClosedError();
  };
  const subscribed = (stop: () => void | Promise<void>): Subscription => {
    const subscription: Subscription = {
      async close() {
        await stop();
        subscriptions.delete(subscription);
      },
    };
    subscriptions.add(subscription);
    return subscription;
  };
  const check = (the: { readonly bytes: Uint8Array }): void => checkSize(the.bytes, broker.maxBytes);

  return {
    async enqueue(message, options = {}) {
      assertOpen();
      check(message);
      const { onReply } = options;
      broker.keep(message, onReply && ((reply) => (closed ? undefined : onReply(reply))));
    },
    async request(message, { timeoutMs = defaultTimeoutMs, signal } = {}) {
      assertOpen();
      check(message);
      return requests.send(message, { timeoutMs, signal });
    },
    async serve(handler: (delivery: Delivery) => void, share?: Share) {
      assertOpen();
      if (share === undefined && servesAll) throw new AlreadyServingError();
      const server: LaneServer = { dispatcher: createDispatcher(handler), check, connected: () => !closed };
      const leave = share === undefined ? broker.ownership.takeAll(server) : broker.ownership.takeShare(server, share);
      if (share === undefined) servesAll = true;
      const subscription: Subscription = {
        async close() {
          if (!served.delete(subscription)) return;
          if (share === undefined) servesAll = false;
          leave();
        },
      };
      served.add(subscription);
      return subscription;
    },
    async askOwner(of, question, askOptions) {
      assertOpen();
      check(question);
      return questions.askOwner(of, question, askOptions);
    },
    async deadLetter(letter) {
      assertOpen();
      broker.letters.add(storable(letter, broker.maxBytes));
    },
    async deadLetters(limit) {
      assertOpen();
      return broker.letters.newest(limit);
    },
    async findDeadLetter(number) {
      assertOpen();
      return broker.letters.find(number);
    },
    async retryDeadLetter(number) {
      assertOpen();
      const letter = broker.letters.find(number);
      if (letter === undefined) return false;
      checkRetryable(letter);
      broker.keep(letter, undefined, true);
      return broker.letters.drop(number);
    },
    async dropDeadLetter(number) {
      assertOpen();
      return broker.letters.drop(number);
    },
    hint(hint) {
      if (!closed) broker.hints.tell(hint);
    },
    async hints(handler) {
      assertOpen();
      const stop = broker.hints.listen(handler);
      return subscribed(stop);
    },
    async publish(events) {
      assertOpen();
      for (const event of events) check(event);
      return broker.feed.publish(events);
    },
    async newest() {
      assertOpen();
      return broker.feed.newest()?.position;
    },
    async end() {
      assertOpen();
      const newest = broker.feed.newest();
      return { position: newest?.position, count: broker.feed.count(), ...(newest && { bytes: Uint8Array.from(newest.bytes) }) };
    },
    async follow(handler, options = {}) {
      assertOpen();
      const inner = broker.feed.follow(handler, options);
      return subscribed(() => inner.close());
    },
    async close() {
      if (!closed) {
        await Promise.all([...served].map((subscription) => subscription.close()));
        closed = true;
        requests.close();
        questions.close();
      }
      await Promise.all([...subscriptions].map((subscription) => subscription.close()));
    },
    connect() {
      assertOpen();
      return connectionTo(broker);
    },
  };
}
