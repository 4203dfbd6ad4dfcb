import type { Bus, Subscription } from "../bus.ts";
import { AlreadyServingError } from "../errors.ts";
import { openLink } from "./connection.ts";
import { createDeadLetters } from "./dead-letters.ts";
import { newestPlace } from "./feed-index.ts";
import { follow } from "./feed-follower.ts";
import { createPublisher } from "./feed-publisher.ts";
import { serveLanes } from "./lane-server.ts";
import { toBusError } from "./nats-errors.ts";
import type { NatsOptions } from "./options.ts";
import { createSender } from "./sender.ts";
import { ensureStreams } from "./streams.ts";

const defaultHandedOutLimit = 1_000;

/**
 * Connects to a world on NATS and creates its streams if they do not exist. Of several connections that serve, the one that began last gets
 * the commands of both lanes. Rejects with `unavailable`.
 */
export async function connectNatsBus(options: NatsOptions): Promise<Bus> {
  const { world, handedOutLimit = defaultHandedOutLimit } = options;
  const link = await openLink(options);
  const names = await ensureStreams(link.manager, options).catch(async (error: unknown) => {
    await link.close();
    throw toBusError(error, "prepare the streams of the world", 0);
  });
  const sender = createSender(link, world);
  const publish = createPublisher(link, world, names.feed);
  const deadLetters = createDeadLetters(link, world, names.deadLetters);
  const follows = new Set<Subscription>();
  let serving: Subscription | undefined;
  let starting = false;
  let closing: Promise<void> | undefined;

  return {
    ...sender,

    serve: (handler) =>
      link.call("serve", async () => {
        if (starting || serving !== undefined) throw new AlreadyServingError();
        starting = true;
        try {
          const inner = await serveLanes(link, { world, stream: names.queue, handedOutLimit, deadLetters }, handler);
          const subscription: Subscription = {
            close: async () => {
              await inner.close();
              if (serving === subscription) serving = undefined;
            },
          };
          serving = subscription;
          return subscription;
        } finally {
          starting = false;
        }
      }),

    deadLetter: (letter) => link.call("keep the dead letter", () => deadLetters.keep(letter)),

    deadLetters: (limit) => link.call("read dead letters", () => deadLetters.newest(limit)),

    publish: (events) => link.call("publish events", () => publish(events)),

    newest: () => link.call("tell the newest event", async () => (await newestPlace(link, names.feed)).place?.position),

    follow: (handler, followOptions = {}) =>
      link.call("follow the feed", async () => {
        const inner = await follow(link, names.feed, handler, followOptions);
        const subscription: Subscription = {
          close: async () => {
            await inner.close();
            follows.delete(subscription);
          },
        };
        follows.add(subscription);
        return subscription;
      }),

    close: () =>
      (closing ??= (async () => {
        await serving?.close();
        await Promise.all([...follows].map((subscription) => subscription.close()));
        await link.close();
      })()),
  };
}
