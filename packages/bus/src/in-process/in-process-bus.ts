import type { Bus, Delivery, Subscription } from "../bus.ts";
import { storable } from "../dead-letter.ts";
import { AlreadyServingError, BusClosedError } from "../errors.ts";
import { checkSize } from "./copy.ts";
import { createDeadLetters } from "./dead-letters.ts";
import { createDispatcher } from "./dispatcher.ts";
import { createFeed } from "./feed.ts";
import { createQueueLane, type QueueServer } from "./queue-lane.ts";
import { createRequestLane } from "./request-lane.ts";

export type InProcessOptions = {
  /** Newest events that the feed keeps; default 10,000. */
  readonly feedEvents?: number;
  /** Commands of the queue lane that wait for their acknowledgement, handed out or not; default 10,000. Past it: `unavailable`. */
  readonly queueLimit?: number;
  /** Of those, how many a server holds at once; default 1,000. */
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
  const servers: QueueServer[] = [];
  const queue = createQueueLane({
    kept: options.queueLimit ?? 10_000,
    handedOut: options.handedOutLimit ?? 1_000,
    recentIds: options.recentIds ?? 10_000,
  });
  return {
    queue,
    feed: createFeed(options.feedEvents ?? 10_000),
    deadLetters: createDeadLetters(options.deadLetterLimit ?? 1_000),
    maxBytes: options.maxMessageBytes ?? 1024 * 1024,
    serverNow: (): QueueServer | undefined => servers[0],
    join(server: QueueServer): void {
      servers.push(server);
      if (servers[0] === server) queue.attach(server);
    },
    leave(server: QueueServer): void {
      const place = servers.indexOf(server);
      if (place < 0) return;
      servers.splice(place, 1);
      if (place > 0) return;
      queue.detach();
      // After the next server is the first of the list: requests that waited for their turn go to it.
      server.dispatcher.close();
      const next = servers[0];
      if (next !== undefined) queue.attach(next);
    },
  };
}

function connectionTo(broker: Broker): InProcessBus {
  const requests = createRequestLane(broker.serverNow);
  const follows = new Set<Subscription>();
  let serving: Subscription | undefined;
  let closed = false;

  const assertOpen = (): void => {
    if (closed) throw new BusClosedError();
  };
  const check = (the: { readonly bytes: Uint8Array }): void => checkSize(the.bytes, broker.maxBytes);

  return {
    async enqueue(message, options = {}) {
      assertOpen();
      check(message);
      const { onReply } = options;
      broker.queue.keep(message, onReply && ((reply) => (closed ? undefined : onReply(reply))));
    },
    async request(message, { timeoutMs = defaultTimeoutMs, signal } = {}) {
      assertOpen();
      check(message);
      return requests.send(message, { timeoutMs, signal });
    },
    async serve(handler: (delivery: Delivery) => void) {
      assertOpen();
      if (serving !== undefined) throw new AlreadyServingError();
      const server: QueueServer = { dispatcher: createDispatcher(handler), check, connected: () => !closed };
      const subscription: Subscription = {
        async close() {
          if (serving !== subscription) return;
          serving = undefined;
          broker.leave(server);
        },
      };
      serving = subscription;
      broker.join(server);
      return subscription;
    },
    async deadLetter(letter) {
      assertOpen();
      broker.deadLetters.add(storable(letter, broker.maxBytes));
    },
    async deadLetters(limit) {
      assertOpen();
      return broker.deadLetters.newest(limit);
    },
    async publish(events) {
      assertOpen();
      for (const event of events) check(event);
      return broker.feed.publish(events);
    },
    async newest() {
      assertOpen();
      return broker.feed.newest();
    },
    async follow(handler, options = {}) {
      assertOpen();
      const inner = broker.feed.follow(handler, options);
      const subscription: Subscription = {
        async close() {
          await inner.close();
          follows.delete(subscription);
        },
      };
      follows.add(subscription);
      return subscription;
    },
    async close() {
      if (!closed) {
        await serving?.close();
        closed = true;
        requests.close();
      }
      await Promise.all([...follows].map((subscription) => subscription.close()));
    },
    connect() {
      assertOpen();
      return connectionTo(broker);
    },
  };
}
