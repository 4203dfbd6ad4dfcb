import { BusError, type FeedEvent } from "@aethyr/bus";
import { connectNatsBus } from "@aethyr/bus/nats";
import { readLog } from "@aethyr/event-store";
import { openImmudbEventStore } from "@aethyr/event-store/immudb";
import { decodeReply, encodeCommand, type Payload } from "@aethyr/protocol";
import { checkFeed } from "../history/check-feed.ts";
import { BadHistoryError, checkStore } from "../history/check-store.ts";
import { envelopeOf } from "../system/client.ts";
import { notesOf } from "../system/load.ts";
import { createReplyLog } from "../system/reply-log.ts";
import type { SystemPlace } from "./places.ts";
import type { Prepared, Sender, Told } from "./sender.ts";

const contentType = "application/msgpack";
/** What the feed may need to come up with the log, once nobody sends any more. */
const feedWithinMs = 60_000;

/** A game node's connection, with nothing above the bus. */
export async function openSystemSender({ nats, world, log }: SystemPlace): Promise<Sender> {
  const bus = await connectNatsBus({ ...nats, world, name: "bench", createStreams: false });
  const replies = createReplyLog(contentType);
  const accepted = new Set<string>();
  const noteFor = notesOf();

  const prepared = (type: string, target: Prepared["target"], data: Parameters<typeof envelopeOf>[2]): Prepared => {
    const envelope = envelopeOf(type, target, data);
    return { id: envelope.id, target, bytes: encodeCommand(envelope, contentType).bytes };
  };

  const replied = (lane: "queue" | "request", command: Prepared, timeoutMs: number): Promise<Payload> => {
    const message = { ...command, contentType } as const;
    if (lane === "request") return bus.request(message, { timeoutMs });
    const reply = Promise.withResolvers<Payload>();
    bus.enqueue(message, { onReply: reply.resolve }).catch(reply.reject);
    return reply.promise;
  };

  /** Every event that the feed has, up to a position. */
  async function carried(head: number): Promise<readonly FeedEvent[]> {
    const events: FeedEvent[] = [];
    const done = Promise.withResolvers<void>();
    const late = setTimeout(() => done.reject(new Error(`the feed has not come to position ${head}`)), feedWithinMs);
    const following = await bus.follow(
      (some) => {
        for (const event of some) if (event.position > (events.at(-1)?.position ?? 0)) events.push(event);
        if ((events.at(-1)?.position ?? 0) >= head) done.resolve();
      },
      { after: 0, onEnd: done.reject },
    );
    await done.promise.finally(() => clearTimeout(late));
    await following.close();
    return events;
  }

  return {
    create: (target) => prepared("CreateGameObject", target, { name: "thing" }),
    note: (target) => prepared("UpdateGameObjectAttribute", target, noteFor()),
    async send(lane, command, timeoutMs): Promise<Told> {
      try {
        const payload = await replied(lane, command, timeoutMs);
        const reply = decodeReply(payload);
        if (reply.code !== "accepted") return { code: reply.code, position: 0, message: reply.message };
        // One that was sent again may be answered more than once.
        if (!accepted.has(reply.command)) replies.keep(payload);
        accepted.add(reply.command);
        return { code: reply.code, position: reply.position, message: "" };
      } catch (error) {
        if (!(error instanceof BusError)) throw error;
        return { code: "unavailable", position: 0, message: error.message };
      }
    },
    follow: (onEvent) =>
      bus.follow((events) => {
        for (const { position } of events) onEvent(position);
      }),
    async check() {
      const store = await openImmudbEventStore(log);
      try {
        const said = await checkStore(store, replies.accepted());
        const logged = [];
        for await (const { position, bytes } of readLog(store)) logged.push({ position, bytes });
        const faults = checkFeed(logged, await carried(logged.at(-1)?.position ?? 0));
        if (faults.length > 0) throw new BadHistoryError(faults);
        return `${said}; the feed carries the same ${logged.length} events in the same order`;
      } finally {
        await store.close();
      }
    },
    close: () => bus.close(),
  };
}
