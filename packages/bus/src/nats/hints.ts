import { decodeHint, encodeHint, hintFilter, hintSubject } from "@aethyr/protocol";
import type { Hints } from "../bus.ts";
import type { Link } from "./connection.ts";

/** Hints are messages of core NATS, kept nowhere. */
export function createHints(link: Link, world: string): Hints {
  return {
    hint: (hint) => {
      // Without a connection the client would keep them, all of them, for a time when they are of no use.
      if (link.isConnected()) link.nats.publish(hintSubject(world, hint), encodeHint(hint));
    },
    hints: async (handler) => {
      const listening = link.nats.subscribe(hintFilter(world), {
        callback: (error, message) => {
          const hint = error === null ? decodeHint(message.subject, message.string()) : undefined;
          if (hint !== undefined) queueMicrotask(() => handler(hint));
        },
      });
      await link.nats.flush();
      return {
        close: async () => {
          if (!listening.isClosed()) listening.unsubscribe();
        },
      };
    },
  };
}
