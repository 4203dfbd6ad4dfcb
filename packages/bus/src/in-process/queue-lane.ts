import type { Payload } from "@aethyr/protocol";
import type { CommandMessage, Delivery } from "../bus.ts";
import { BusUnavailableError } from "../errors.ts";
import { copyOfMessage, copyOfPayload } from "./copy.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { createRecentIds } from "./recent-ids.ts";

/** A command from its acceptance to its acknowledgement. */
type Entry = {
  readonly message: CommandMessage;
  attempts: number;
  done: boolean;
  onReply: ((reply: Payload) => void) | undefined;
};

/** The connection that serves at the moment, as far as the lane is concerned. */
export type QueueServer = {
  readonly dispatcher: Dispatcher;
  /** Checks the reply's size. Throws `too_large`. */
  readonly check: (reply: Payload) => void;
  /** False once its connection is gone: what it still says is not heard. */
  readonly connected: () => boolean;
};

export type QueueLane = {
  /** Throws `unavailable` when full. A repeat of a remembered id is dropped; if the first is still kept, the repeat's sender gets its reply. */
  keep(message: CommandMessage, onReply: ((reply: Payload) => void) | undefined): void;
  attach(server: QueueServer): void;
  /** The server stopped: what it did not acknowledge waits again, before everything else, in order. */
  detach(): void;
};

export function createQueueLane(limits: { readonly kept: number; readonly handedOut: number; readonly recentIds: number }): QueueLane {
  const recent = createRecentIds(limits.recentIds);
  const kept = new Map<string, Entry>();
  const handedOut = new Set<Entry>();
  let waiting: Entry[] = [];
  let first = 0;
  let server: QueueServer | undefined;

  const pump = (): void => {
    while (server !== undefined && handedOut.size < limits.handedOut && first < waiting.length) {
      const entry = waiting[first];
      first += 1;
      if (entry !== undefined && !entry.done) handOut(entry, server);
    }
    // Taking from the front of a long array moves all of it, so that is done for many at once.
    if (first > 1_024 || first === waiting.length) {
      waiting = waiting.slice(first);
      first = 0;
    }
  };

  const handOut = (entry: Entry, to: QueueServer): void => {
    entry.attempts += 1;
    handedOut.add(entry);
    to.dispatcher.push({
      delivery: deliveryOf(entry, entry.attempts, to),
      undelivered: () => {
        entry.attempts -= 1;
      },
    });
  };

  const deliveryOf = (entry: Entry, attempt: number, from: QueueServer): Delivery => ({
    ...copyOfMessage(entry.message),
    lane: "queue",
    attempt,
    respond(reply) {
      from.check(reply);
      const { onReply } = entry;
      if (onReply === undefined || !from.connected()) return;
      entry.onReply = undefined;
      queueMicrotask(() => {
        onReply(copyOfPayload(reply));
      });
    },
    acknowledge() {
      // Late word of a server that lost the command to another one does not count.
      if (entry.done || entry.attempts !== attempt || !from.connected()) return;
      entry.done = true;
      handedOut.delete(entry);
      kept.delete(entry.message.id);
      pump();
    },
  });

  return {
    keep(message, onReply) {
      const before = kept.get(message.id);
      if (before !== undefined) {
        before.onReply = onReply ?? before.onReply;
        return;
      }
      if (recent.has(message.id)) return;
      if (kept.size >= limits.kept) {
        throw new BusUnavailableError(`the queue lane is full (${limits.kept} commands wait): nothing was kept, try again later`);
      }
      recent.add(message.id);
      const entry: Entry = { message: copyOfMessage(message), attempts: 0, done: false, onReply };
      kept.set(message.id, entry);
      waiting.push(entry);
      pump();
    },
    attach(next) {
      server = next;
      pump();
    },
    detach() {
      server = undefined;
      waiting = [...handedOut, ...waiting.slice(first)];
      first = 0;
      handedOut.clear();
    },
  };
}
