import type { ExtraDescription } from "../extra-descriptions.ts";

/** Extra descriptions as they are kept: what a player reads who looks at one of the keywords. */
export function plainExtraDescriptions(extras: readonly ExtraDescription[]) {
  return extras.map(({ keywords, text }) => ({ keywords, text }));
}
