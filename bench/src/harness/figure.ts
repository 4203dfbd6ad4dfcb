import { median } from "./stats.ts";

/** What the project wants of a figure, or of its ratio to the floor. */
export type Aim =
  | { readonly atLeast: number }
  | { readonly atMost: number }
  | { readonly ratioAtLeast: number }
  | { readonly ratioAtMost: number };

/** One figure beside its floor, as it is printed. */
export type Figure = {
  readonly name: string;
  /** What was counted, such as `commands/s`. */
  readonly unit: string;
  /** Median over the rounds. */
  readonly value: number;
  readonly floor: number;
  /** `value / floor`. For a rate below 1; for a cost above 1. */
  readonly ratio: number;
  readonly aim: Aim | null;
  readonly met: boolean | null;
  /** One sentence: what the floor does. */
  readonly floorDoes: string;
  readonly rounds: readonly number[];
  readonly floorRounds: readonly number[];
  /** The largest share of the processors that others used in a round, 0 to 1. */
  readonly others: number;
  /** What else is to be known: conditions, history check, percentiles. */
  readonly notes: readonly string[];
};

/** One round: the figure, its floor right after it, and how busy the machine was with other things. */
export type Round = { readonly value: number; readonly floor: number; readonly others: number };

export type FigureParts = Pick<Figure, "name" | "unit" | "floorDoes" | "notes"> & { readonly aim?: Aim; readonly rounds: readonly Round[] };

/** Throws `RangeError` where there were no rounds. */
export function figureOf({ rounds, aim, ...parts }: FigureParts): Figure {
  const values = rounds.map(({ value }) => value);
  const floors = rounds.map(({ floor }) => floor);
  const value = median(values);
  const floor = median(floors);
  return {
    ...parts,
    value,
    floor,
    ratio: value / floor,
    aim: aim ?? null,
    met: aim === undefined ? null : meetsAim({ value, ratio: value / floor }, aim),
    rounds: values,
    floorRounds: floors,
    others: Math.max(...rounds.map(({ others }) => others)),
  };
}

export function meetsAim({ value, ratio }: Pick<Figure, "value" | "ratio">, aim: Aim): boolean {
  if ("atLeast" in aim) return value >= aim.atLeast;
  if ("atMost" in aim) return value <= aim.atMost;
  return "ratioAtLeast" in aim ? ratio >= aim.ratioAtLeast : ratio <= aim.ratioAtMost;
}
