import type { Payload } from "@aethyr/protocol";
import type { Delivery } from "../bus.ts";
import { copyOfMessage, copyOfPayload } from "./copy.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Entry, KeptCommands } from "./kept-commands.ts";

/** Whoever has a partition at the moment, as far as the lanes are concerned. */
export type LaneServer = {
  readonly dispatcher: Dispatcher;
  /** Checks the reply's size. Throws `too_large`. */
  readonly check: (reply: Payload) => void;
  /** False once its connection is gone: what it still says is not heard. */
  readonly connected: () => boolean;
};

/** One partition of the queue lane. */
export type QueueLane = {
  push(entry: Entry): void;
  attach(server: LaneServer): void;
  /** The server stopped: what it did not acknowledge waits again, before everything else, in order. */
  detach(): void;
};

export function createQueueLane(kept: KeptCommands, handedOutLimit: number): QueueLane {
  const handedOut = new Set<Entry>();
  let waiting: Entry[] = [];
  let first = 0;
  let server: LaneServer | undefined;

  const pump = (): void => {
    while (server !== undefined && handedOut.size < handedOutLimit && first < waiting.length) {
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

  const handOut = (entry: Entry, to: LaneServer): void => {
    entry.attempts += 1;
    handedOut.add(entry);
    to.dispatcher.push({
      delivery: deliveryOf(entry, entry.attempts, to),
      undelivered: () => {
        entry.attempts -= 1;
      },
    });
  };

  const deliveryOf = (entry: Entry, attempt: number, from: LaneServer): Delivery => ({
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
      handedOut.delete(entry);
      kept.done(entry);
      pump();
    },
  });

  return {
    push(entry) {
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
