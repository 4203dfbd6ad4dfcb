import type { Bus, Subscription } from "../bus.ts";
import { AlreadyServingError, BusUnavailableError, PartitionsError } from "../errors.ts";
import { openLink } from "./connection.ts";
import { createLettersKept } from "./dead-letters.ts";
import { follow } from "./feed-follower.ts";
import { newestPlace } from "./feed-index.ts";
import { createPublisher } from "./feed-publisher.ts";
import { createHints } from "./hints.ts";
import { serveLanes } from "./lane-server.ts";
import { createLostStreams } from "./lost-streams.ts";
import { toBusError } from "./nats-errors.ts";
import type { NatsOptions } from "./options.ts";
import { createOwnerAsking } from "./owner-questions.ts";
import { createRequestServer } from "./request-server.ts";
import { createSender } from "./sender.ts";
import { serveShare } from "./share-server.ts";
import { ensureStreams } from "./streams.ts";

export type NatsBus = Bus & {
  /** Of the world's lanes; undefined for a role that may not know. */
  readonly partitions: number | undefined;
  /** How often each status was reported since the connection was opened, by its type. */
  readonly statusCounts: ReadonlyMap<string, number>;
  /** Whether the server is there at the moment. */
  isConnected(): boolean;
};

/**
 * Connects to a world on NATS and creates its streams if they do not exist. Of several connections that serve without a share, the one that
 * began last gets the commands of both lanes. Rejects with `unavailable`, `timeout`, `unsupported_server`, `other_partitions`.
 */
export async function connectNatsBus(options: NatsOptions): Promise<NatsBus> {
  const { world } = options;
  const link = await openLink(options);
  const streams = await ensureStreams(link.manager, link.nats.info, options).catch(async (error: unknown) => {
    await link.close();
    throw toBusError(error, "prepare the streams of the world", 0);
  });
  const { partitions, feed, queue: stream } = streams;
  const sender = createSender(link, world, partitions);
  const lost = createLostStreams(link, options, partitions);
  const hints = createHints(link, world);
  const publish = createPublisher(link, world, feed);
  const deadLetters = createLettersKept(link, world, streams.deadLetters);
  const requests = partitions === undefined ? undefined : createRequestServer(link, world, partitions);
  const subscriptions = new Set<Subscription>();
  const served = new Set<Subscription>();
  let servesAll = false;
  let closing: Promise<void> | undefined;

  const subscribed = (inner: Subscription, among: Set<Subscription>, onClosed?: () => void): Subscription => {
    const subscription: Subscription = {
      close: async () => {
        await inner.close();
        if (among.delete(subscription)) onClosed?.();
      },
    };
    among.add(subscription);
    return subscription;
  };

  return {
    partitions,
    statusCounts: link.statusCounts,
    isConnected: link.isConnected,
    ...sender,
    ...createOwnerAsking(link, world, partitions),

    serve: (handler, share) =>
      link.call("serve", async () => {
        if (partitions === undefined || requests === undefined)
          throw new BusUnavailableError("a role that may not see the streams cannot serve");
        const parts = { link, world, stream, deadLetters, requests, handler, lost };
        if (share !== undefined) {
          checkShare(share.partition, partitions);
          const { handedOutLimit = 256 } = options;
          return subscribed(await lost.onQueue(() => serveShare({ ...parts, handedOutLimit }, share)), served);
        }
        if (servesAll) throw new AlreadyServingError();
        servesAll = true;
        try {
          const { handedOutLimit = 1_000 } = options;
          return subscribed(await lost.onQueue(() => serveLanes({ ...parts, handedOutLimit })), served, () => {
            servesAll = false;
          });
        } catch (error) {
          servesAll = false;
          throw error;
        }
      }),

    deadLetter: (letter) => link.call("keep the dead letter", () => deadLetters.keep(letter)),
    deadLetters: (limit) => link.call("read dead letters", () => deadLetters.newest(limit)),
    findDeadLetter: (number) => link.call("read the dead letter", () => deadLetters.find(number)),
    retryDeadLetter: (number) => link.call("send the dead letter again", () => deadLetters.retry(number)),
    dropDeadLetter: (number) => link.call("drop the dead letter", () => deadLetters.drop(number)),

    hint: hints.hint,
    hints: (handler) => link.call("listen to hints", async () => subscribed(await hints.hints(handler), subscriptions)),

    publish: (events) => link.call("publish events", () => lost.publishing(() => publish(events))),
    newest: () => link.call("tell the newest event", async () => (await lost.onFeed(() => newestPlace(link, feed))).place?.position),

    end: () =>
      link.call("tell the end of the feed", async () => {
        const { seq, place } = await lost.onFeed(() => newestPlace(link, feed));
        return { position: place?.position, count: seq, ...(place && { bytes: place.bytes }) };
      }),
    follow: (handler, followOptions = {}) =>
      link.call("follow the feed", async () =>
        subscribed(await lost.onFeed(() => follow(link, { stream: feed, world }, handler, followOptions)), subscriptions),
      ),

    close: () =>
      (closing ??= (async () => {
        await Promise.all([...served].map((subscription) => subscription.close()));
        await Promise.all([...subscriptions].map((subscription) => subscription.close()));
        await link.close();
      })()),
  };
}

function checkShare(partition: number, partitions: number): void {
  if (Number.isInteger(partition) && partition >= 0 && partition < partitions) return;
  throw new PartitionsError(`there is no partition ${partition}: the lanes have ${partitions}`, { partition, partitions });
}
