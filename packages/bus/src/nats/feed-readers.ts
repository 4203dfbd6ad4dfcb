import { setTimeout as delay } from "node:timers/promises";
import { type ConsumerMessages, DeliverPolicy, type StoredMsg } from "@nats-io/jetstream";
import { subjectFilter } from "@aethyr/protocol";
import { callTimeoutMs, type Link } from "./connection.ts";
import { received, type Received } from "./messages.ts";

/** A message of the feed's stream; `more`: the next one is there already. */
export type FeedMessage = { readonly message: Received; readonly seq: number; readonly more: boolean };

/** One way to read the feed's stream. */
export type FeedReader = {
  /** Messages from a sequence on, as they come. Ends where nothing came for a while, and with `stop`; fails as calls to NATS do. */
  read(seq: number): AsyncIterable<FeedMessage>;
  stop(): void;
  /** Releases what the server keeps for it. */
  close(): Promise<void>;
};

/** Messages that are asked for at once. */
const atOnce = 256;
const bytesAtOnce = 4 * 1024 * 1024;
const idleMs = 30_000;

/** Through consumers that the server forgets by itself, each going on where the last one stopped. */
export function consumerReader(link: Link, stream: string): FeedReader {
  let consumer: Awaited<ReturnType<typeof link.stream.consumers.get>> | undefined;
  let fetching: ConsumerMessages | undefined;
  let nextSeq: number | undefined;
  let stopped = false;
  return {
    async *read(seq) {
      // Of another place than where it stands, it is another.
      if (nextSeq !== seq) consumer = undefined;
      consumer ??= await link.stream.consumers.get(stream, { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: seq });
      nextSeq = seq;
      try {
        fetching = await consumer.fetch({ max_messages: atOnce, expires: idleMs });
        if (stopped) fetching.stop();
        for await (const message of fetching) {
          nextSeq = message.seq + 1;
          yield { message, seq: message.seq, more: fetching.getPending() > 0 };
        }
      } catch (error) {
        // It is gone, with its server for one.
        nextSeq = undefined;
        throw error;
      }
    },
    stop: () => {
      stopped = true;
      fetching?.stop();
    },
    // Without a connection: the server forgets it in any case, a few minutes later.
    close: async () => {
      if (link.isConnected()) await consumer?.delete().catch(() => undefined);
    },
  };
}

const pollMs = 1_000;
/** What was just published may not be in the stream yet. */
const soonMs = 20;
const soonAtMost = 5;

/**
 * By questions for many messages at once, for a role that may make no consumers. That there is something new it hears from a subscription, and
 * asks now and then in any case.
 */
export function questionReader(link: Link, stream: string, world: string): FeedReader {
  const stop = new AbortController();
  let news = Promise.withResolvers<void>();
  const listening = link.nats.subscribe(subjectFilter("event", world), { callback: () => news.resolve() });
  let soon = 0;

  /** Until something is published, or it is time to ask again. */
  async function rest(): Promise<void> {
    const waitMs = soon > 0 ? soonMs : pollMs;
    const pause = new AbortController();
    const ended = AbortSignal.any([stop.signal, pause.signal]);
    const woken = await Promise.race([news.promise.then(() => true), delay(waitMs, false, { signal: ended }).catch(() => false)]);
    pause.abort();
    news = woken ? Promise.withResolvers() : news;
    soon = woken ? soonAtMost : Math.max(0, soon - 1);
  }

  return {
    async *read(seq) {
      const until = performance.now() + idleMs;
      while (!stop.signal.aborted && performance.now() < until) {
        const messages = await batchFrom(link, stream, seq);
        for (const [index, message] of messages.entries()) {
          yield { message: received(message), seq: message.seq, more: index + 1 < messages.length };
        }
        if (messages.length > 0) return;
        await rest();
      }
    },
    stop: () => stop.abort(),
    close: async () => listening.unsubscribe(),
  };
}

/** Up to so many messages from a sequence on; what came by then, where the answer stops in the middle. */
function batchFrom(link: Link, stream: string, seq: number): Promise<readonly StoredMsg[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly StoredMsg[]>();
  const messages: StoredMsg[] = [];
  const asked = link.manager.direct.getBatch(stream, {
    seq,
    batch: atOnce,
    max_bytes: bytesAtOnce,
    next_by_subj: ">",
    callback: (done, message) => {
      if (done === null) {
        messages.push(message);
        timer.refresh();
        return;
      }
      clearTimeout(timer);
      if (done.err === undefined || isNothingThere(done.err)) resolve(messages);
      else reject(done.err);
    },
  });
  asked.catch(reject);
  const timer = setTimeout(() => void asked.then((all) => all.stop()), callTimeoutMs);
  return promise;
}

const isNothingThere = (error: Error): boolean => "code" in error && error.code === 404;
