import { refOf } from "@aethyr/kernel";
import { StreamEndedError, WrongExpectedVersionError } from "./errors.ts";
import type { StreamHead } from "./event-store.ts";
import { meets, type ExpectedVersion } from "./expected-version.ts";
import type { PreparedCommit } from "./prepare.ts";

/** Why a commit cannot be made: which stream is not where the writer took it to be. */
export type Refusal = {
  readonly path: string;
  readonly expected: ExpectedVersion | "alive";
  readonly actual: number;
  /** The stream has ended, and that is what stands in the way. */
  readonly ended: boolean;
};

/** Where a stream stands, and the command that wrote its newest event where that is known: it is for what the same call has written. */
export type KnownHead = StreamHead & { readonly by?: string | undefined };

/** The first of a commit's conditions that does not hold where the streams stand now. Nobody may move them before the commit is made. */
export function evaluate(commit: PreparedCommit, headOf: (path: string) => KnownHead): Refusal | undefined {
  for (const { path, expected, after } of commit.writes) {
    const head = headOf(path);
    if (head.ended || !meets(expected, head.version) || !follows(after, head))
      return { path, expected, actual: head.version, ended: head.ended };
  }
  for (const { path, expect, after } of commit.asserts) {
    const head = headOf(path);
    const holds = expect === "alive" ? head.version > 0 && !head.ended : head.version === expect;
    if (!holds || !follows(after, head)) return { path, expected: expect, actual: head.version, ended: head.ended && expect === "alive" };
  }
  return undefined;
}

const follows = (after: string | undefined, { by }: KnownHead): boolean => after === undefined || by === after;

/** A refusal as the error of its commit. */
export const refusalError = ({ path, expected, actual, ended }: Refusal): StreamEndedError | WrongExpectedVersionError =>
  ended ? new StreamEndedError(refOf(path), actual) : new WrongExpectedVersionError(refOf(path), expected, actual);
