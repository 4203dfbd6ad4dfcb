import { AethyrError } from "@aethyr/kernel";

/** A failure of a key store: see the code. */
export class KeyStoreError extends AethyrError {}

/** The subject's key was deleted for good: nothing can be sealed for it any more. */
export class KeyForgottenError extends KeyStoreError {
  constructor(subject: string) {
    super("key_forgotten", `the key of ${subject} was forgotten, and no other is ever made: use another subject`, { subject });
  }
}

/** The key store was closed. */
export class KeyStoreClosedError extends KeyStoreError {
  constructor() {
    super("closed", "the key store is closed");
  }
}

/** Not the name of a subject: empty, over 512 characters, or with half a surrogate pair. */
export class InvalidSubjectError extends KeyStoreError {
  constructor(subject: string) {
    super("invalid_request", `a subject has 1 to ${subjectLength} characters: ${JSON.stringify(subject.slice(0, 100))}`);
  }
}

const subjectLength = 512;

/** Passes on what may be a subject. */
export function checkSubject(subject: string): string {
  if (subject.length > 0 && subject.length <= subjectLength && subject.isWellFormed()) return subject;
  throw new InvalidSubjectError(subject);
}
