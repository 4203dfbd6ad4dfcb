import type { Sight } from "../sight.ts";
import { choose, wantedOf } from "./wanted.ts";

const inHand: ReadonlySet<string> = new Set(["wield", "hold"]);

/** Why somebody carries nothing that a text means: perhaps they wear it, which is not carrying. */
export function notCarried(sight: Sight, text: string): string {
  const [worn] = choose(wantedOf(text), sight.worn(), ({ thing }) => sight.view.traits(thing).keywords);
  if (worn === undefined) return "You carry nothing like that.";
  return `You ${inHand.has(worn.slot) ? "hold" : "wear"} ${worn.thing.name}: remove it first.`;
}
