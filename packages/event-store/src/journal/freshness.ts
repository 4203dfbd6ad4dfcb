import type { EventStore } from "../event-store.ts";
import { readLog } from "../read-all.ts";
import type { Link } from "../sqlite/link.ts";
import type { JournalFile } from "./journal-file.ts";
import type { Log } from "./log.ts";

/** So many ids are kept in memory before they are written down together. */
const idsAtOnce = 1_000;
/** Of those that cannot be written down no more are kept: then nothing can be told any more. */
const mostInMemory = 200_000;

type Parts = {
  readonly primary: EventStore;
  readonly file: Link<JournalFile>;
  readonly log: Log;
  /** Before the log is asked again when it could not be read. */
  readonly pauseMs: number;
};

/**
 * Tells which commands have never taken effect, while only the log could tell their outcomes. The journal is the only writer of its log, so
 * that what the log held at some time and what went through here since is all that there is. Ids only, and no outcomes; what it does not know
 * it does not say.
 */
export type Freshness = {
  /** Reads what the log has that was not read before. Resolves after the first attempt, and goes on by itself until one succeeds. */
  start(): Promise<void>;
  /** These are in the log. */
  recorded(ids: readonly string[]): void;
  /** Those of the ids that are surely in no event of the log. */
  fresh(ids: readonly string[]): Promise<ReadonlySet<string>>;
  close(): Promise<void>;
};

export function createFreshness({ primary, file, log, pauseMs }: Parts): Freshness {
  const inMemory = new Set<string>();
  const closing = new AbortController();
  /** Everything that the log held when this process began is written down. */
  let complete = false;
  let told = false;
  let reading: Promise<void> | undefined;
  let writing: Promise<void> | undefined;

  async function read(): Promise<void> {
    const mark = await file.call("mark");
    const [last] = mark === undefined ? [] : await primary.readAll(mark.position - 1, 1);
    // A log that was put back to an earlier state has other events there.
    const goesOn = last !== undefined && last.position === mark?.position && last.id === mark.event;
    if (!goesOn && mark !== undefined) await file.call("forgetRecorded");
    let ids = new Set<string>();
    let newest: { readonly position: number; readonly event: string } | undefined;
    const write = async (): Promise<void> => {
      if (newest) await file.call("keepRecorded", [...ids], newest);
      ids = new Set();
    };
    for await (const { meta, position, id } of readLog(primary, goesOn ? mark?.position : 0, { signal: closing.signal })) {
      // All events of a transaction are in one page or the next, and a mark in the middle of one is as good.
      newest = { position, event: id };
      ids.add(meta.command);
      if (ids.size >= idsAtOnce) await write();
    }
    await write();
    complete = true;
  }

  async function attempt(): Promise<void> {
    try {
      await read();
    } catch (error) {
      if (closing.signal.aborted || told) return;
      told = true;
      log.warn({ err: error }, "which commands the log holds cannot be read now: until it can, an outage lets no command in");
    }
  }

  async function attemptAgain(): Promise<void> {
    while (!closing.signal.aborted && !complete) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pauseMs);
        closing.signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
      });
      if (!closing.signal.aborted) await attempt();
    }
  }

  async function writeDown(): Promise<void> {
    const ids = [...inMemory];
    try {
      // Without a mark: others may come to the log at earlier positions after these.
      await file.call("keepRecorded", ids);
      for (const id of ids) inMemory.delete(id);
    } catch (error) {
      if (inMemory.size < mostInMemory) return;
      log.error({ err: error }, "the ids of commands cannot be written into the journal: without them an outage lets nothing new in");
      complete = false;
      inMemory.clear();
    } finally {
      writing = undefined;
    }
  }

  return {
    start: async () => {
      const first = attempt();
      reading = first.then(attemptAgain);
      await first;
    },
    recorded: (ids) => {
      for (const id of ids) inMemory.add(id);
      if (inMemory.size >= idsAtOnce) writing ??= writeDown();
    },
    fresh: async (ids) => {
      if (!complete || ids.length === 0) return new Set();
      const unknown = ids.filter((id) => !inMemory.has(id));
      const recorded = await file.call("wereRecorded", unknown);
      return complete ? new Set(unknown.filter((id, index) => !recorded[index] && !inMemory.has(id))) : new Set();
    },
    close: async () => {
      closing.abort();
      await Promise.all([reading, writing]);
    },
  };
}
