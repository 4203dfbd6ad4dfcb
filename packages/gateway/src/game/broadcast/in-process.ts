import type { Broadcast, Presence, Signal } from "./broadcast.ts";
import { createLatest, note } from "./presences.ts";

/** For games in one process. */
export function createInProcessBroadcast(): Broadcast {
  const online = new Map<string, Presence>();
  const handlers = new Set<(signal: Signal) => void>();
  const { hear, latest } = createLatest();
  return {
    async send(signal) {
      hear(signal);
      note(online, signal);
      for (const handler of handlers) handler(signal);
    },
    listen(handler) {
      handlers.add(handler);
      return { close: () => void handlers.delete(handler) };
    },
    online: () => online,
    latest,
  };
}
