import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Page } from "../read-options.ts";
import { fileNames } from "./log-format.ts";
import { openSnapshotFile, type DiscardedSnapshot, type SnapshotFile, type SnapshottedLog, type StoredSnapshot } from "./snapshot-file.ts";
import { readLogId } from "./log-id.ts";
import { createProofReader, type ProofReader } from "./proof-reader.ts";
import { asStoreError } from "./sqlite-errors.ts";
import type { Warn } from "./link.ts";

export type ReaderOptions = { readonly directory: string; readonly snapshotsPerStream: number };

/** A record of the log as it crosses to the main thread. */
export type StoredRow = { readonly position: number; readonly path: string; readonly version: number; readonly event: string };
export type HeadRow = { readonly version: number; readonly ended: boolean };
export type OutcomeRow = { readonly outcome: string; readonly position: number };
export type LogCounts = {
  readonly aggregateTypes: readonly (readonly [string, number])[];
  readonly eventTypes: readonly (readonly [string, number])[];
  readonly snapshotCount: number;
};

/** Everything that is no append: reads of the log, which see what is durable, and the snapshots beside it. */
export type Reader = ProofReader & {
  readonly readStream: (page: Page) => readonly StoredRow[];
  readonly readAll: (after: number, limit: number) => readonly StoredRow[];
  readonly head: () => number;
  readonly heads: (paths: readonly string[]) => readonly HeadRow[];
  readonly listStreams: (after: string, before: string, limit: number) => readonly string[];
  readonly outcomes: (ids: readonly string[]) => readonly (OutcomeRow | undefined)[];
  readonly loadSnapshot: (path: string, atOrBefore: number) => StoredSnapshot | DiscardedSnapshot | undefined;
  readonly saveSnapshot: (path: string, version: number, text: string) => void;
  readonly counts: () => LogCounts;
  readonly close: () => void;
};

/** Opens a log that its writer has open already. */
export function openReader({ directory, snapshotsPerStream }: ReaderOptions, warn: Warn): Reader {
  const file = join(directory, fileNames.log);
  const database = new DatabaseSync(file, { readOnly: true, timeout: 1000 });
  try {
    const openSnapshots = (log: SnapshottedLog): SnapshotFile =>
      openSnapshotFile(join(directory, fileNames.snapshots), log, snapshotsPerStream, warn);
    return readerOn(database, openSnapshots, file);
  } catch (error) {
    database.close();
    throw asStoreError(error, `${file} cannot be opened`);
  }
}

function readerOn(database: DatabaseSync, openSnapshots: (log: SnapshottedLog) => SnapshotFile, file: string): Reader {
  database.exec("PRAGMA cache_size=-32768");
  const sql = statements(database);

  const reading =
    <A extends readonly unknown[], R>(work: (...args: A) => R) =>
    (...args: A): R => {
      try {
        return work(...args);
      } catch (error) {
        throw asStoreError(error, `${file} cannot be read`);
      }
    };

  const eventAt = reading((path: string, version: number) => {
    const stream = sql.stream.get(path) as { stream: number } | undefined;
    const row = stream && (sql.forward.get(stream.stream, version, version, 1) as { event: string } | undefined);
    return row?.event;
  });
  const snapshots = openSnapshots({ logId: readLogId(database), eventAt });

  const proofs = createProofReader(database);

  return {
    readStream: reading(({ path, low, high, backward, limit }) => {
      const stream = sql.stream.get(path) as { stream: number } | undefined;
      if (stream === undefined) return [];
      const rows = (backward ? sql.backward : sql.forward).all(stream.stream, low, high, limit) as Omit<StoredRow, "path">[];
      return rows.map((row) => ({ ...row, path }));
    }),
    readAll: reading((after, limit) => sql.all.all(after, limit) as StoredRow[]),
    head: reading(() => Number(sql.last.get()?.["position"] ?? 0)),
    heads: reading((paths) =>
      paths.map((path) => {
        const row = sql.head.get(path) as { version: number; ended: number } | undefined;
        return { version: row?.version ?? 0, ended: (row?.ended ?? 0) !== 0 };
      }),
    ),
    listStreams: reading((after, before, limit) => (sql.paths.all(after, before, limit) as { path: string }[]).map(({ path }) => path)),
    outcomes: reading((ids) => ids.map((id) => sql.outcome.get(id) as OutcomeRow | undefined)),
    loadSnapshot: snapshots.load,
    saveSnapshot: snapshots.save,
    counts: reading(() => ({
      eventTypes: pairs(sql.eventTypes.all()),
      aggregateTypes: pairs(sql.aggregateTypes.all()),
      snapshotCount: snapshots.streamCount(),
    })),
    proofState: reading(proofs.proofState),
    proofTransactions: reading(proofs.proofTransactions),
    proofOf: reading(proofs.proofOf),
    proofBetween: reading(proofs.proofBetween),
    close: () => {
      snapshots.close();
      database.close();
    },
  };
}

function statements(database: DatabaseSync) {
  const ofStream = "SELECT position, version, event FROM events WHERE stream = ? AND version BETWEEN ? AND ? ORDER BY version";
  return {
    stream: database.prepare("SELECT stream FROM streams WHERE path = ?"),
    forward: database.prepare(`${ofStream} LIMIT ?`),
    backward: database.prepare(`${ofStream} DESC LIMIT ?`),
    // Left: an event whose stream is not listed is damage to be found, not to be left out.
    all: database.prepare(
      "SELECT position, coalesce(path, '') AS path, version, event FROM events LEFT JOIN streams USING (stream) WHERE position > ? ORDER BY position LIMIT ?",
    ),
    last: database.prepare("SELECT max(position) AS position FROM events"),
    head: database.prepare(
      "SELECT ended, (SELECT max(version) FROM events WHERE events.stream = streams.stream) AS version FROM streams WHERE path = ?",
    ),
    paths: database.prepare("SELECT path FROM streams WHERE path > ? AND path < ? ORDER BY path LIMIT ?"),
    outcome: database.prepare("SELECT outcome, position FROM commands WHERE id = ?"),
    eventTypes: database.prepare("SELECT type, count FROM event_types"),
    aggregateTypes: database.prepare("SELECT type, count FROM aggregate_types"),
  };
}

const pairs = (rows: readonly Record<string, unknown>[]): readonly (readonly [string, number])[] =>
  rows.map(({ type, count }) => [String(type), Number(count)]);
