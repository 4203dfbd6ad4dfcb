import type { JsMsg } from "@nats-io/jetstream";
import type { Link } from "./connection.ts";
import type { LaneConsumer } from "./lane-consumer.ts";

/** One consumer being read. */
export type Reading = { end(): void };

/** Without a word of the server for twice as long, it is taken for gone. */
const heartbeatMs = 1_500;

const doubtful: ReadonlySet<string> = new Set(["heartbeats_missed", "no_responders", "consumer_not_found", "stream_not_found"]);

/**
 * Hands over what a consumer gives, in its order, until it is ended, or ends by itself: with `onDoubt`, once, when the consumer is gone, or
 * something that it gave may have been lost on its way. What comes after that is not handed over.
 */
export async function startReading(
  link: Link,
  consumer: LaneConsumer,
  { atOnce, take, onDoubt }: { readonly atOnce: number; readonly take: (message: JsMsg) => void; readonly onDoubt: (why: string) => void },
): Promise<Reading> {
  const ended = Promise.withResolvers<void>();
  let over = false;
  /** Deliveries of a consumer are counted, from 1. */
  let expected = 1;
  const end = (): void => {
    over = true;
    ended.resolve();
  };
  const doubt = (why: string): void => {
    if (over) return;
    end();
    onDoubt(why);
  };
  const messages = await link.stream.consumers.getConsumerFromInfo(consumer.info).consume({
    max_messages: atOnce,
    idle_heartbeat: heartbeatMs,
    // Whether it is still there is looked at by whoever is called in doubt.
    bind: true,
    abort_on_missing_resource: true,
    callback: (message) => {
      if (over) return;
      const { deliverySequence } = message.info;
      if (deliverySequence > expected) {
        doubt(`delivery ${deliverySequence} came where ${expected} was due`);
        return;
      }
      expected = deliverySequence + 1;
      take(message);
    },
  });
  void ended.promise.then(() => messages.stop());
  void messages.closed().then(
    () => doubt("it was closed"),
    (error: unknown) => doubt(String(error)),
  );
  void (async () => {
    for await (const { type } of messages.status()) if (doubtful.has(type)) doubt(type);
  })();
  return { end };
}
