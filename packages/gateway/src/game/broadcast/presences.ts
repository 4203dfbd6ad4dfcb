import type { Presence, Signal } from "./broadcast.ts";

/** Who is there, by player, after one more signal. Signals of several nodes come in any order, so that a later session stands against an earlier one's. */
export function note(online: Map<string, Presence>, signal: Signal): void {
  if (signal.kind === "said" || signal.kind === "told") return;
  const { who, kind } = signal;
  const known = online.get(who.player);
  if (kind === "left") {
    // A session that was taken over says no more about the character.
    if (known?.session === who.session) online.delete(who.player);
  } else if (known === undefined || known.session === who.session || isLater(who, known)) {
    online.set(who.player, who);
  }
}

/** Which of two sessions of a character has it. */
export const isLater = (one: Presence, other: Presence): boolean =>
  one.since === other.since ? one.session >= other.session : one.since > other.since;

/** The greatest `since` that was heard of: whoever comes now is later than that, whatever their node's clock says. */
export function createLatest(): { hear(signal: Signal): void; latest(): number } {
  let latest = 0;
  return {
    hear(signal) {
      if (signal.kind !== "said" && signal.kind !== "told") latest = Math.max(latest, signal.who.since);
    },
    latest: () => latest,
  };
}
