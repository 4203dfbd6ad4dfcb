import { detailsOf, type Detail } from "@aethyr/world";
import type { Sight } from "../sight.ts";

/** What there is to look at in a place beside things and people, and about the things that are there. */
export function detailsIn(sight: Sight): readonly Detail[] {
  const room = sight.here();
  const ofRoom = room === undefined ? [] : detailsOf(room.attributes);
  return [...ofRoom, ...[...sight.things(), ...sight.carried()].flatMap((thing) => sight.view.traits(thing).details)].map(
    ({ keywords, text }) => ({
      keywords: keywords.map((word) => word.toLowerCase()),
      text,
    }),
  );
}
