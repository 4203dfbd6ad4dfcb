import type { Broadcast, Presence, Signal } from "./broadcast.ts";

/** For games in one process. */
export function createInProcessBroadcast(): Broadcast {
  const online = new Map<string, Presence>();
  const handlers = new Set<(signal: Signal) => void>();
  return {
    async send(signal) {
      note(online, signal);
      for (const handler of handlers) handler(signal);
    },
    listen(handler) {
      handlers.add(handler);
      return { close: () => void handlers.delete(handler) };
    },
    online: () => online,
  };
}

function note(online: Map<string, Presence>, signal: Signal): void {
  if (signal.kind === "said" || signal.kind === "told") return;
  const { who, kind } = signal;
  // A session that was taken over says no more about the character.
  const isPast = kind !== "entered" && kind !== "link" && online.get(who.player)?.session !== who.session;
  if (isPast) return;
  if (kind === "left") online.delete(who.player);
  else online.set(who.player, who);
}
