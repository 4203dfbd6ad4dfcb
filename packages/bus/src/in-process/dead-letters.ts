import type { DeadLetter, KeptLetter } from "../bus.ts";
import { copyOfMessage } from "./copy.ts";

export type KeptLetters = {
  add(letter: DeadLetter): void;
  newest(limit: number): readonly KeptLetter[];
  find(number: number): KeptLetter | undefined;
  drop(number: number): boolean;
};

const copy = (letter: KeptLetter): KeptLetter => ({
  ...copyOfMessage(letter),
  reason: letter.reason,
  attempts: letter.attempts,
  ...(letter.cut === undefined ? {} : { cut: letter.cut }),
  number: letter.number,
  at: letter.at,
});

/** Keeps the newest `most` letters. */
export function createKeptLetters(most: number): KeptLetters {
  const letters = new Map<number, KeptLetter>();
  let last = 0;
  return {
    add(letter) {
      last += 1;
      letters.set(last, copy({ ...letter, number: last, at: new Date().toISOString() }));
      const [oldest] = letters.keys();
      if (letters.size > most && oldest !== undefined) letters.delete(oldest);
    },
    newest: (limit) => (limit <= 0 ? [] : [...letters.values()].slice(-limit).toReversed().map(copy)),
    find(number) {
      const letter = letters.get(number);
      return letter && copy(letter);
    },
    drop: (number) => letters.delete(number),
  };
}
