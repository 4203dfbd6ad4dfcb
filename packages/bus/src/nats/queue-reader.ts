import type { JsMsg } from "@nats-io/jetstream";
import type { MalformedMessageError } from "@aethyr/protocol";
import type { Delivery } from "../bus.ts";
import { createRecentIds } from "../recent-ids.ts";
import { callTimeoutMs, type Link } from "./connection.ts";
import type { LettersKept } from "./dead-letters.ts";
import { deliver, readOrRefuse, responder } from "./delivery.ts";
import { acknowledgeWithinMs, type LaneConsumer } from "./lane-consumer.ts";
import { letterOfUnreadable, replyToOf } from "./messages.ts";
import { startReading, type Reading } from "./reading.ts";

export type QueueReaderParts = {
  readonly link: Link;
  readonly handedOutLimit: number;
  /** For what is no command and so cannot be handed to a handler. */
  readonly deadLetters: Pick<LettersKept, "keep">;
  readonly handler: (delivery: Delivery) => void;
  /**
   * Reading has ended: the consumer is gone, or something that it handed out may have been lost on its way, so that what comes after it must
   * not be delivered. Called once for each `read`.
   */
  readonly onDoubt: (why: string) => void;
};

/** One server's side of the queue lane, over all the consumers that it has one after the other. */
export type QueueReader = {
  /** Goes on with a new consumer. What this server still holds, or has acknowledged, is not delivered to it again. */
  read(consumer: LaneConsumer): Promise<void>;
  /** Somebody else has the lane: nothing more is delivered, and acknowledging does nothing. */
  forget(): void;
  /** Stops; what was delivered may still be acknowledged. */
  close(): Promise<void>;
};

export function createQueueReader({ link, handedOutLimit, deadLetters, handler, onDoubt }: QueueReaderParts): QueueReader {
  /** Handed out and not acknowledged, by place in the stream: the newest message that it came as. */
  const held = new Map<number, JsMsg>();
  /** Places in the stream that were acknowledged, perhaps to a consumer that was gone by then. */
  let acknowledged = createRecentIds<number>(4 * handedOutLimit);
  const puttingAside = new Set<Promise<void>>();
  let newest: JsMsg | undefined;
  let reading: Reading | undefined;
  let closed = false;

  function take(consumer: LaneConsumer, message: JsMsg): void {
    newest = message;
    const { seq } = message;
    if (held.has(seq)) {
      held.set(seq, message);
      return;
    }
    if (acknowledged.has(seq)) {
      message.ack();
      return;
    }
    const respond = responder(link, replyToOf(message));
    const attempt = message.info.deliveryCount + consumer.attemptsBefore(seq);
    const command = readOrRefuse(message, respond, (error) => putAside(message, error, attempt));
    if (command === undefined) return;
    held.set(seq, message);
    deliver(handler, { ...command, lane: "queue", attempt, respond, acknowledge: () => acknowledge(seq) });
  }

  function acknowledge(seq: number): void {
    const message = held.get(seq);
    if (message === undefined) return;
    held.delete(seq);
    acknowledged.add(seq);
    if (link.isOpen()) message.ack();
  }

  function putAside(message: JsMsg, error: MalformedMessageError, attempt: number): void {
    const work = keepAside(message, error, attempt).finally(() => puttingAside.delete(work));
    puttingAside.add(work);
  }

  /** What cannot be put aside leaves the lane all the same: no host will ever be able to deal with it, and kept it would be in the way. */
  async function keepAside(message: JsMsg, error: MalformedMessageError, attempt: number): Promise<void> {
    try {
      await deadLetters.keep(letterOfUnreadable(message, error, attempt));
    } catch (cause) {
      // Handed out again to whoever serves next.
      if (!link.isOpen()) return;
      link.report({ type: "dead_letter_lost", detail: `${message.subject}, sequence ${message.seq}: ${String(cause)}` });
    }
    if (link.isOpen()) message.term("it is no command");
  }

  // One that is alive is at work on what it holds, so that nothing is handed out again behind later commands.
  const atWork = setInterval(() => {
    if (link.isConnected()) for (const message of held.values()) message.working();
  }, acknowledgeWithinMs / 3);
  atWork.unref();

  /** Acknowledgements are processed in their order: once a later word is answered, they have been. */
  async function acknowledgementsProcessed(): Promise<void> {
    const subject = newest && (newest as JsMsg & { readonly reply: string }).reply;
    if (subject === undefined) return;
    // Without an answer the worst is that something is handed out twice, as it may be at any time.
    await link.nats.request(subject, "+WPI", { timeout: callTimeoutMs }).catch(() => undefined);
  }

  return {
    async read(consumer) {
      reading?.end();
      reading = await startReading(link, consumer, {
        atOnce: handedOutLimit,
        take: (message) => take(consumer, message),
        onDoubt: (why) => {
          if (!closed && link.isOpen()) onDoubt(why);
        },
      });
      if (closed) reading.end();
    },

    forget() {
      reading?.end();
      held.clear();
      acknowledged = createRecentIds<number>(4 * handedOutLimit);
    },

    async close() {
      closed = true;
      clearInterval(atWork);
      reading?.end();
      await Promise.all(puttingAside);
      // Without a connection there is nobody to take leave of.
      if (link.isConnected()) await acknowledgementsProcessed();
    },
  };
}
