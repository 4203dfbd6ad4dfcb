import { LimitExceededError } from "../errors.ts";
import type { Commit, CommitResult, EventStore } from "../event-store.ts";
import { countEvents } from "../prepare.ts";
import { defaultBatch, readEntries, type ReadEntries } from "./log-entries.ts";
import { createRegrouping, halves } from "./regroup.ts";

export type CopyOptions = ReadEntries & {
  /** Called after each append with the events appended so far and the source's position of the last that was read. */
  readonly onProgress?: (events: number, position: number) => void;
};

/** `refused`: somebody else has written to the target meanwhile, and nothing more was copied. */
export type Copied = { readonly events: number; readonly refused?: Error };

/** Appends all that the source has after a position, in its order and in the commits that it was made of, one append after the other. */
export async function copyLog(from: EventStore, to: EventStore, { onProgress, ...reading }: CopyOptions): Promise<Copied> {
  const { batch = defaultBatch, signal } = reading;
  const regrouping = createRegrouping();
  let events = 0;
  let position = reading.after ?? 0;
  let waiting: Commit[] = [];
  let size = 0;

  /** Appends what waits; the error of the first commit that is refused. */
  async function flush(): Promise<Error | undefined> {
    if (waiting.length === 0) return undefined;
    signal?.throwIfAborted();
    const commits = waiting;
    [waiting, size] = [[], 0];
    for (const [index, result] of (await appendAll(to, commits)).entries()) {
      if (!result.ok) return result.error;
      events += countEvents(commits.slice(index, index + 1));
    }
    onProgress?.(events, position);
    return undefined;
  }

  async function add(commits: readonly Commit[]): Promise<Error | undefined> {
    for (const commit of commits) {
      const more = countEvents([commit]);
      const refused = size > 0 && size + more > batch ? await flush() : undefined;
      if (refused) return refused;
      waiting.push(commit);
      size += more;
    }
    return undefined;
  }

  for await (const page of readEntries(from, reading)) {
    for (const entry of page) {
      position = entry.event.position;
      const refused = await add(regrouping.take(entry));
      if (refused) return { events, refused };
    }
  }
  const refused = (await add(regrouping.rest())) ?? (await flush());
  return { events, ...(refused ? { refused } : undefined) };
}

/**
 * A result for each commit. What is too large for the target at once is appended in parts: whoever reads the target before the whole log is
 * there sees parts anyway.
 */
async function appendAll(to: EventStore, commits: readonly Commit[]): Promise<readonly CommitResult[]> {
  try {
    return await to.append(commits);
  } catch (error) {
    if (!(error instanceof LimitExceededError)) throw error;
    const [only] = commits;
    if (commits.length > 1 || only === undefined) return eachAlone(to, commits);
    const parts = halves(only);
    if (!parts) throw error;
    const results = await eachAlone(to, parts);
    return results.slice(-1);
  }
}

/** One after the other, up to the first that is refused. */
async function eachAlone(to: EventStore, commits: readonly Commit[]): Promise<readonly CommitResult[]> {
  const results: CommitResult[] = [];
  for (const commit of commits) {
    const [result] = await appendAll(to, [commit]);
    if (!result) break;
    results.push(result);
    if (!result.ok) break;
  }
  return results;
}
