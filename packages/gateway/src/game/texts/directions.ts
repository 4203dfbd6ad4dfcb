import { Direction } from "@aethyr/world";

export type { Direction };

const short: Readonly<Record<Direction, string>> = {
  north: "n",
  east: "e",
  south: "s",
  west: "w",
  up: "u",
  down: "d",
  northeast: "ne",
  northwest: "nw",
  southeast: "se",
  southwest: "sw",
};

export const directions: readonly Direction[] = Direction.options;
export const shortOf = (direction: Direction): string => short[direction];

/** The direction that a word means, written out, short, or begun; the first in the usual order. */
export function directionOf(word: string): Direction | undefined {
  if (word === "") return undefined;
  const typed = word.toLowerCase();
  return directions.find((each) => short[each] === typed) ?? directions.find((each) => each.startsWith(typed));
}

const from: Readonly<Record<Direction, string>> = {
  north: "from the south",
  east: "from the west",
  south: "from the north",
  west: "from the east",
  up: "from below",
  down: "from above",
  northeast: "from the southwest",
  northwest: "from the southeast",
  southeast: "from the northwest",
  southwest: "from the northeast",
};

/** Whence somebody comes who went in a direction. */
export const whence = (direction: Direction): string => from[direction];
