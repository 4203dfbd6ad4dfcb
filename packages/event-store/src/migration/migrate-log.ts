import type { Domain } from "@aethyr/kernel";
import { InvalidRequestError } from "../errors.ts";
import type { EventStore } from "../event-store.ts";
import { limits } from "../limits.ts";
import { compareLogs } from "./compare-logs.ts";
import { compareStreams, type StreamsDigest } from "./compare-streams.ts";
import { copyLog } from "./copy-log.ts";
import { MigrationDisturbedError } from "./errors.ts";
import type { LogDigest } from "./log-digest.ts";
import { defaultBatch } from "./log-entries.ts";

/** The first finds where to begin, the last finds nothing to do; between them somebody else may write now and then, and not for ever. */
const maxRounds = 6;

/** How far a migration is. */
export type MigrationProgress = {
  /** `compare`: what the target has already; `copy`; `verify`: all of it once more; `streams`: name by name, with states if asked for. */
  readonly phase: "compare" | "copy" | "verify" | "streams";
  /** Events done in this phase; in `streams`, streams. */
  readonly done: number;
  /** Position in the source, and its head when the phase began: their quotient tells how far the phase is. In `streams` 0. */
  readonly position: number;
  readonly head: number;
};

export type MigrateOptions = {
  readonly onProgress?: (progress: MigrationProgress) => void;
  /** Before the first event of this run is appended, and not at all where there is none to append; is waited for. */
  readonly onCopying?: () => Promise<void>;
  /** Stops it between two pages; what was copied stays, and the next run goes on from there. */
  readonly signal?: AbortSignal;
  /** Events read and appended at once, 1–512; default 512. A bound on memory: an event has up to 256 KB, some pages are held at a time. */
  readonly batch?: number;
  /** Whose charts the states are computed by, to be compared as well. */
  readonly domain?: Domain;
};

export type MigrationReport = LogDigest &
  StreamsDigest & {
    /** Events that this run appended; the others were there. */
    readonly copied: number;
  };

/**
 * Copies a log to another engine: the same events in the same order, with ids, times, versions, the outcomes of their commands and the ends
 * of streams; positions are the engine's own. Snapshots are a cache and left behind. It may be stopped at any moment, killed too, and run
 * again: the target must then hold the beginning of the source, and gets the rest. Afterwards both are read again in full and compared.
 * A command is copied if the last event of its commit names it, as all do that a host has carried out.
 * Nobody else should write either log meanwhile. Rejects with `OtherHistoryError` where the target does not begin as the source does, before
 * anything is appended; `MigrationDisturbedError` when somebody keeps writing; the signal's reason; and as the two stores do.
 */
export async function migrateLog(from: EventStore, to: EventStore, options: MigrateOptions = {}): Promise<MigrationReport> {
  const { onProgress, onCopying, signal, batch = defaultBatch, domain } = options;
  if (!Number.isInteger(batch) || batch < 1 || batch > limits.eventsPerAppend)
    throw new InvalidRequestError(`a batch has 1 to ${limits.eventsPerAppend} events, not ${batch}`);
  const reading = { batch, ...(signal ? { signal } : undefined) };
  let copied = 0;
  let refused: Error | undefined;
  for (let round = 1; round <= maxRounds; round += 1) {
    const head = await from.head();
    const told = (phase: MigrationProgress["phase"]) => (done: number, position: number) => onProgress?.({ phase, done, position, head });
    const common = await compareLogs(from, to, { ...reading, onProgress: told(round === 1 ? "compare" : "verify") });
    if (!common.complete) {
      if (copied === 0) await onCopying?.();
      const result = await copyLog(from, to, { ...reading, after: common.position, onProgress: told("copy") });
      copied += result.events;
      refused = result.refused;
      continue;
    }
    const streams = await compareStreams(from, to, { domain, batch, signal, onProgress: (done) => told("streams")(done, 0) });
    if ((await from.head()) === common.position) return { ...common.digest, ...streams, copied };
  }
  throw new MigrationDisturbedError(
    refused
      ? `the target is being written by somebody else: ${copied} events were copied; run this again when it is left alone`
      : `the source is being written: ${copied} events were copied; stop its hosts and run this again`,
    { cause: refused },
  );
}
