import type { Choose } from "./random.ts";

/** What a round may use. All of it is made from the seed, so that the same seed makes the same round as far as the machine allows. */
export type Round = {
  /** A number from 0 up to, not including, the one given. */
  readonly choose: Choose;
  /** A folder of the round's own, removed after it. */
  readonly directory: string;
  /** More kills, more commands, larger logs. */
  readonly long: boolean;
  /** Called at the end of the round however it ends, the last given first. */
  readonly later: (cleanUp: () => unknown) => void;
  readonly progress: (text: string) => void;
};

/** What a round did and saw; numbers by what they count. */
export type Seen = {
  readonly counts: Readonly<Record<string, number>>;
  /** Why the fault cannot be had on this machine: then nothing was tested. */
  readonly skipped?: string;
};

export type Fault = {
  readonly name: string;
  /** What is done, in one line. */
  readonly about: string;
  /** What must hold all the same: a sentence with the guarantees that it is about. */
  readonly holds: string;
  /** It takes minutes and its figures are the point: it is run once, and not in tests. */
  readonly once?: true;
  /** Rejects with `GuaranteeBrokenError`, or `BadHistoryError` of the history check, where something does not hold. */
  readonly run: (round: Round) => Promise<Seen>;
};

/** Something that is promised did not hold. */
export class GuaranteeBrokenError extends Error {
  readonly code = "guarantee_broken";
}

export function must(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new GuaranteeBrokenError(otherwise);
}
