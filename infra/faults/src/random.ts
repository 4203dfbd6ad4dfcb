import { createHash } from "node:crypto";
import { createChoice } from "@aethyr/bench/system";

export type Choose = (below: number) => number;

/** The choices of one round of one fault: other rounds and other faults do not change them. */
export function choicesOf(seed: number, fault: string, round: number): Choose {
  return createChoice(createHash("sha256").update(`${seed}/${fault}/${round}`).digest().readUInt32LE());
}

/** One of the items. Throws `RangeError` for none. */
export function pick<T>(choose: Choose, items: readonly T[]): T {
  const item = items[choose(items.length)];
  if (item === undefined) throw new RangeError("there is nothing to pick from");
  return item;
}
