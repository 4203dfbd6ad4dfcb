import type { DeadLetters } from "@aethyr/bus";
import type { Domain } from "@aethyr/kernel";
import { InvalidQuestionError } from "../errors.ts";
import { deadLetterNote, deadLetterWhole, type DeadLetterNote, type DeadLetterWhole } from "./dead-letter.ts";

/** Letters of one list at most, and where nothing else is said. */
export const mostLetters = 1_000;
export const usualLetters = 50;

/** What operators do about commands that no host could deal with. A world in one process keeps them only while it runs. */
export type DeadLetterOperations = {
  /** The newest first. `limit` is 1 to 1,000. */
  list(limit?: number): Promise<readonly DeadLetterNote[]>;
  /** Undefined when there is none of that number, or no longer. */
  show(number: number): Promise<DeadLetterWhole | undefined>;
  /**
   * Sends the command again on the queue lane, under its own id, and removes the letter. False when there is none of that number. Rejects with
   * `not_retryable`, `busy` and `unavailable`; then it stays.
   */
  retry(number: number): Promise<boolean>;
  /** Removes it. False when there is none of that number. */
  drop(number: number): Promise<boolean>;
};

type Parts = {
  readonly bus: DeadLetters;
  readonly domain: Domain;
  /** Throws once there is nothing to be asked any more. */
  readonly open: () => void;
};

export function createDeadLetterOperations({ bus, domain, open }: Parts): DeadLetterOperations {
  return {
    async list(limit = usualLetters) {
      open();
      if (!Number.isSafeInteger(limit) || limit < 1 || limit > mostLetters)
        throw new InvalidQuestionError(`limit is a whole number from 1 to ${mostLetters}, not ${limit}`);
      return (await bus.deadLetters(limit)).map((letter) => deadLetterNote(domain, letter));
    },
    async show(number) {
      open();
      const letter = await bus.findDeadLetter(number);
      return letter && deadLetterWhole(domain, letter);
    },
    async retry(number) {
      open();
      return bus.retryDeadLetter(number);
    },
    async drop(number) {
      open();
      return bus.dropDeadLetter(number);
    },
  };
}
