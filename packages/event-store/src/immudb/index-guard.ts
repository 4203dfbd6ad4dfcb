import { IndexSuspectError } from "../errors.ts";
import { isIndexTrouble, said } from "./error-map.ts";
import type { IndexGap } from "./index-check.ts";

/** What an operator does about an index that is damaged. */
const remedy =
  "Remedy: stop the server, make room on its disk, remove the folders DATA/*/index_* of its data folder and nothing else, start it again; it makes them anew from its transactions (docs/operations/faults.md)";

const lookAgainMs = 1_000;
/** Of a process whose index had a gap: each time twice as many looks are left out, up to so many. */
const mostLeftOut = 32;

type Suspect = {
  readonly error: IndexSuspectError;
  /** The process in which it was damaged: only another one ends the suspicion. Undefined where it was found so, and may merely not be made anew yet. */
  readonly within: number | undefined;
};

export type IndexGuard = {
  /** Why nothing may be done that rests on the index; undefined while it is trusted. */
  suspicion(): IndexSuspectError | undefined;
  /** Takes notice of how a call failed. */
  failed(error: unknown): void;
  /**
   * Takes notice of the process that a session is with, by when it was started: resolves where its index is trusted as far as it was looked
   * at, or is suspected. To be called before the session is used. One of which it is not known when it was started ends no suspicion.
   */
  met(startedAt: number | undefined, sample: () => Promise<IndexGap | undefined>): Promise<void>;
  close(): void;
};

export type IndexGuardParts = {
  /** Makes sure that there is a session with the server that is there now. */
  readonly meet: () => Promise<unknown>;
  /** Looks at the whole index. */
  readonly check: () => Promise<IndexGap | undefined>;
  /** From now on appends are refused; or they are taken again. */
  readonly onChange?: (suspicion: IndexSuspectError | undefined) => void;
};

/**
 * A disk that is full damages ImmuDB's index: keys that are there are not found, by this process of the server or only by the next one. Then
 * a precondition says nothing, and a command that took effect may take effect again. So from the first sign of it the index is not trusted, until
 * another process of the server answers for it and every key of the log was found through it. One that has a gap from the beginning is looked at again, as it
 * may still be making its index anew.
 */
export function createIndexGuard({ meet, check, onChange = () => undefined }: IndexGuardParts): IndexGuard {
  let startedAt: number | undefined;
  let suspect: Suspect | undefined;
  let [leaveOut, leftOut] = [0, 0];
  let timer: NodeJS.Timeout | undefined;
  let looking = false;

  const suspectIt = (error: IndexSuspectError, within?: number): void => {
    suspect = { error, within };
    onChange(suspect.error);
    timer ??= setInterval(() => void lookAgain(), lookAgainMs).unref();
  };
  const trustIt = (): void => {
    suspect = undefined;
    clearInterval(timer);
    timer = undefined;
    onChange(undefined);
  };

  async function lookAgain(): Promise<void> {
    if (looking) return;
    looking = true;
    try {
      await meet();
      const process = startedAt;
      // What this process of the server has in memory may be whole where what it has written is not.
      if (suspect === undefined || process === undefined || suspect.within === process || leftOut++ < leaveOut) return;
      leftOut = 0;
      const gap = await check();
      if (startedAt !== process) return;
      if (gap) {
        leaveOut = Math.min(mostLeftOut, leaveOut * 2 + 1);
        if (suspect.within !== startedAt) suspectIt(suspectFor(gap));
      } else if (suspect.within !== startedAt) trustIt();
    } catch {
      // It cannot be asked now: the suspicion stays, and it is asked again.
    } finally {
      looking = false;
    }
  }

  return {
    suspicion: () => suspect?.error,
    failed: (error) => {
      if (isIndexTrouble(error) && (suspect === undefined || suspect.within !== startedAt))
        suspectIt(new IndexSuspectError(`the server says "${said(error)}"`, remedy, { cause: error }), startedAt);
    },
    met: async (process, sample) => {
      if (process !== undefined && process === startedAt) return;
      const gap = suspect ? undefined : await sample();
      startedAt = process ?? startedAt;
      [leaveOut, leftOut] = [0, 0];
      if (gap) suspectIt(suspectFor(gap));
    },
    close: () => clearInterval(timer),
  };
}

/** For an index with a gap. */
export const suspectFor = ({ tx, key, why }: IndexGap): IndexSuspectError =>
  new IndexSuspectError(`${key}, written in transaction ${tx}, ${why}`, remedy);
