import type { Person, Sight } from "../sight.ts";
import type { SeenThing } from "../view/seen.ts";
import { choose, wantedOf } from "./wanted.ts";

/** Of these things the ones that a text means; see `wantedOf`. */
export const findThings = (sight: Sight, text: string, among: readonly SeenThing[]): readonly SeenThing[] =>
  choose(wantedOf(text), among, (thing) => sight.view.traits(thing).keywords);

export const findThing = (sight: Sight, text: string, among: readonly SeenThing[]): SeenThing | undefined =>
  findThings(sight, text, among)[0];

/** Somebody who is here now. */
export const findPerson = (sight: Sight, text: string): Person | undefined =>
  choose(wantedOf(text), sight.people(), ({ player }) => [player.id])[0];
