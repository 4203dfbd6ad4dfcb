import { setTimeout as delay } from "node:timers/promises";
import type { ConsumerMessages, JsMsg } from "@nats-io/jetstream";
import { subjectFilter, type MalformedMessageError } from "@aethyr/protocol";
import type { Subscription as NatsSubscription } from "@nats-io/transport-node";
import type { Delivery, Subscription } from "../bus.ts";
import { callTimeoutMs, type Link } from "./connection.ts";
import type { DeadLetters } from "./dead-letters.ts";
import { deliver, readOrRefuse, responder } from "./delivery.ts";
import { acknowledgeWithinMs, laneConsumers, takeLane, type LaneConsumer } from "./lane-consumer.ts";
import { letterOfUnreadable, replyToOf } from "./messages.ts";

export type LaneServerOptions = {
  readonly world: string;
  readonly stream: string;
  readonly handedOutLimit: number;
  /** For what is no command and so cannot be handed to a handler. */
  readonly deadLetters: Pick<DeadLetters, "keep">;
};

const lookEveryMs = 500;

/**
 * Takes both lanes of a world. The server that began last has them, so that there is one order; one that lost them stands by and takes them
 * back when nobody asks for commands any more.
 */
export async function serveLanes(link: Link, options: LaneServerOptions, handler: (delivery: Delivery) => void): Promise<Subscription> {
  const { world, stream, handedOutLimit, deadLetters } = options;
  /** Handed out and not acknowledged, by place in the stream. */
  const held = new Map<number, JsMsg>();
  const puttingAside = new Set<Promise<void>>();
  const stop = new AbortController();
  let newest: JsMsg | undefined;
  let consuming: ConsumerMessages | undefined;
  let requests: NatsSubscription | undefined;
  let standingBy: Promise<void> | undefined;

  function takeQueued(consumer: LaneConsumer, message: JsMsg): void {
    newest = message;
    const respond = responder(link, replyToOf(message));
    const { seq } = message;
    const attempt = message.info.deliveryCount + consumer.attemptsBefore(seq);
    const command = readOrRefuse(message, respond, (error) => track(putAside(message, error, attempt)));
    if (command === undefined) return;
    held.set(seq, message);
    deliver(handler, {
      ...command,
      lane: "queue",
      attempt,
      respond,
      acknowledge: () => {
        if (held.get(seq) === message) held.delete(seq);
        if (link.isOpen()) message.ack();
      },
    });
  }

  function track(work: Promise<void>): void {
    const tracked = work.finally(() => puttingAside.delete(tracked));
    puttingAside.add(tracked);
  }

  /** What cannot be put aside leaves the lane all the same: no host will ever be able to deal with it, and kept it would be in the way. */
  async function putAside(message: JsMsg, error: MalformedMessageError, attempt: number): Promise<void> {
    try {
      await deadLetters.keep(letterOfUnreadable(message, error, attempt));
    } catch (cause) {
      // Handed out again to whoever serves next.
      if (!link.isOpen()) return;
      link.report({ type: "dead_letter_lost", detail: `${message.subject}, sequence ${message.seq}: ${String(cause)}` });
    }
    if (link.isOpen()) message.term("it is no command");
  }

  async function take(): Promise<void> {
    const consumer = await takeLane(link, stream, handedOutLimit);
    const messages = await (
      await link.stream.consumers.get(stream, consumer.name)
    ).consume({
      max_messages: handedOutLimit,
      // Ends by itself when another server takes the lane.
      abort_on_missing_resource: true,
      callback: (message) => {
        if (!stop.signal.aborted) takeQueued(consumer, message);
      },
    });
    consuming = messages;
    requests = link.nats.subscribe(subjectFilter("request", world), {
      queue: "host",
      callback: (error, message) => {
        if (error !== null) return;
        const respond = responder(link, message.reply);
        const command = readOrRefuse(message, respond, () => undefined);
        if (command !== undefined) deliver(handler, { ...command, lane: "request", attempt: 1, respond, acknowledge: () => {} });
      },
    });
    void messages.closed().then(lost, lost);
    // A request that is sent from now on, on whatever connection, finds us.
    await link.nats.flush();
  }

  function lost(): void {
    if (stop.signal.aborted || !link.isOpen()) return;
    held.clear();
    requests?.unsubscribe();
    standingBy = standBy().catch(() => undefined);
  }

  async function standBy(): Promise<void> {
    let idle: string | undefined;
    while (!stop.signal.aborted) {
      await delay(lookEveryMs, undefined, { signal: stop.signal });
      try {
        const [current] = await laneConsumers(link, stream);
        // A server that is there always asks for more; between two questions it may not for a moment.
        const orphaned = current === undefined || (current.num_waiting === 0 && current.name === idle);
        idle = current?.num_waiting === 0 ? current.name : undefined;
        if (orphaned) return await take();
      } catch {
        // Another one was quicker, or the connection is away, which its status tells: look again.
      }
    }
  }

  // One that is alive is at work on what it holds, so that nothing is handed out again behind later commands.
  const atWork = setInterval(() => {
    for (const message of held.values()) message.working();
  }, acknowledgeWithinMs / 3);
  atWork.unref();

  const close = async (): Promise<void> => {
    stop.abort();
    clearInterval(atWork);
    await standingBy;
    await Promise.all(puttingAside);
    consuming?.stop();
    // Without a connection there is nobody to take leave of.
    if (!link.isConnected()) return;
    if (requests !== undefined && !requests.isClosed()) await requests.drain();
    await acknowledgementsProcessed();
  };

  /** Acknowledgements are processed in their order: once a later word is answered, they have been. */
  async function acknowledgementsProcessed(): Promise<void> {
    const subject = newest && (newest as JsMsg & { readonly reply: string }).reply;
    if (subject === undefined) return;
    // Without an answer the worst is that something is handed out twice, as it may be at any time.
    await link.nats.request(subject, "+WPI", { timeout: callTimeoutMs }).catch(() => undefined);
  }

  try {
    await take();
  } catch (error) {
    await close();
    throw error;
  }
  let closing: Promise<void> | undefined;
  return { close: () => (closing ??= close()) };
}
