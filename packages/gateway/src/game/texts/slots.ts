import type { Slot } from "@aethyr/world";

export type { Slot };

/** How a thing is worn in a slot: `on the head`, `wielded`. */
export const slotPhrases: Readonly<Record<Slot, string>> = {
  light: "as a light",
  "finger-right": "on the right finger",
  "finger-left": "on the left finger",
  "neck-1": "around the neck",
  "neck-2": "around the neck",
  body: "on the body",
  head: "on the head",
  legs: "on the legs",
  feet: "on the feet",
  hands: "on the hands",
  arms: "on the arms",
  shield: "as a shield",
  about: "about the body",
  waist: "around the waist",
  "wrist-right": "around the right wrist",
  "wrist-left": "around the left wrist",
  wield: "wielded",
  hold: "held",
};
