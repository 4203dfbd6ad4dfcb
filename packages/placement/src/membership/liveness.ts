import type { Settings } from "../options.ts";

/** Who counts as alive, from the signs of life that this host hears. Times are this host's own. */
export type Liveness = {
  /** A sign of life: a beat, or something it wrote on the board, which may be old news where this host was away. */
  heard(host: string, incarnation: string, now: number, sign: "beat" | "written"): void;
  /** It said that it leaves. */
  left(host: string, incarnation: string): void;
  /** This host heard itself: what others say gets here, too. Tells whether that was not so for a while. */
  heardSelf(now: number): boolean;
  /** What others said meanwhile may not have been heard. */
  disturbed(now: number): void;
  /** Draws the conclusions of time. */
  look(now: number): void;
  isAlive(host: string, incarnation: string): boolean;
  /** Whether it was certainly there a moment ago. */
  isBeating(host: string, incarnation: string, now: number): boolean;
};

type Known = { seen: number; beat: number; dead: boolean; backSince: number | undefined };

/**
 * A host is dead once it was silent for `silenceMs` while this host heard itself all the time, so that the silence is theirs and not the
 * line's. One that is heard again is alive after `steadyMs`.
 */
export function createLiveness({
  beatMs,
  silenceMs,
  graceMs,
  steadyMs,
}: Pick<Settings, "beatMs" | "silenceMs" | "graceMs" | "steadyMs">): Liveness {
  const known = new Map<string, Known>();
  const keyOf = (host: string, incarnation: string): string => `${host} ${incarnation}`;
  // Three beats of our own that do not come back: the line, not the others.
  const deafAfterMs = 3 * beatMs;
  let lastSelf: number | undefined;
  let trustedFrom = 0;

  const disturbed = (now: number): void => {
    trustedFrom = Math.max(trustedFrom, now + graceMs);
  };

  return {
    heard(host, incarnation, now, sign) {
      const key = keyOf(host, incarnation);
      const the = known.get(key) ?? { seen: now, beat: -Infinity, dead: false, backSince: undefined };
      known.set(key, the);
      the.seen = now;
      if (sign === "beat") the.beat = now;
      if (the.dead) the.backSince ??= now;
    },
    left: (host, incarnation) => void known.set(keyOf(host, incarnation), { seen: 0, beat: -Infinity, dead: true, backSince: undefined }),
    heardSelf(now) {
      const wasDeaf = lastSelf !== undefined && now - lastSelf > deafAfterMs;
      if (wasDeaf) disturbed(now);
      lastSelf = now;
      return wasDeaf;
    },
    disturbed,
    look(now) {
      const hearing = lastSelf !== undefined && now - lastSelf <= deafAfterMs && now >= trustedFrom;
      for (const [key, the] of known) {
        const silent = now - the.seen > silenceMs;
        if (silent) the.backSince = undefined;
        if (silent && hearing) the.dead = true;
        else if (the.dead && the.backSince !== undefined && now - the.backSince >= steadyMs) {
          the.dead = false;
          the.backSince = undefined;
        }
        if (the.dead && now - the.seen > forgottenAfterMs) known.delete(key);
      }
    },
    isAlive: (host, incarnation) => known.get(keyOf(host, incarnation))?.dead === false,
    isBeating: (host, incarnation, now) => now - (known.get(keyOf(host, incarnation))?.beat ?? -Infinity) <= silenceMs,
  };
}

/** Nothing of a host that was silent for so long is on a board any more. */
const forgottenAfterMs = 10 * 60_000;
