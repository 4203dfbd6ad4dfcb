import type { DeadLetter } from "../bus.ts";
import { copyOfMessage } from "./copy.ts";

export type DeadLetters = { add(letter: DeadLetter): void; newest(limit: number): readonly DeadLetter[] };

const copy = (letter: DeadLetter): DeadLetter => ({
  ...copyOfMessage(letter),
  reason: letter.reason,
  attempts: letter.attempts,
  ...(letter.cut === undefined ? {} : { cut: letter.cut }),
});

/** Keeps the newest `most` letters. */
export function createDeadLetters(most: number): DeadLetters {
  const letters: DeadLetter[] = [];
  return {
    add(letter) {
      letters.push(copy(letter));
      if (letters.length > most) letters.shift();
    },
    newest: (limit) => (limit <= 0 ? [] : letters.slice(-limit).toReversed().map(copy)),
  };
}
