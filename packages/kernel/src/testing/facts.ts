import { Sealed } from "../sealed.ts";
import type { Facts } from "../view.ts";

/** Facts that never change: time stands still, ids count up, random numbers repeat from the seed. */
export function fixedFacts(seed = 1): Facts {
  let ids = 0;
  let state = seed >>> 0;
  return {
    now: "2026-01-01T00:00:00.000Z",
    newId: () => `id-${(ids += 1)}`,
    random: () => {
      // mulberry32: small, good enough for tests, the same everywhere.
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
    },
    actor: null,
  };
}

/** The form of a sealed value without its secrecy, so that tests can say which value they expect. */
export function sealForTests(subject: string, clear: string): Sealed {
  const hidden = Array.from(new TextEncoder().encode(clear), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return Sealed.parse(`sealed:1:${subject}:${hidden}`);
}
