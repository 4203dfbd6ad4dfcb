import { hash } from "node:crypto";
import { existsSync, renameSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { ForeignStoreError } from "../errors.ts";
import { ensureDatabaseFile } from "./database-file.ts";
import type { Warn } from "./link.ts";
import { snapshotFormat } from "./log-format.ts";
import { asStoreError, isDamage } from "./sqlite-errors.ts";

export type StoredSnapshot = { readonly version: number; readonly snapshot: string };
/** A snapshot that was discarded, and why. */
export type DiscardedSnapshot = { readonly discarded: string };

/** The log that the snapshots are of. */
export type SnapshottedLog = {
  readonly logId: string;
  /** The text of an event, undefined if there is none. */
  readonly eventAt: (path: string, version: number) => string | undefined;
};

/** Snapshots in a file of their own: a cache, which may be deleted while the store is closed. */
export type SnapshotFile = {
  /** The newest at or before a version. One that is not as it was saved, or not of this history, is removed and its place told. */
  readonly load: (path: string, atOrBefore: number) => StoredSnapshot | DiscardedSnapshot | undefined;
  readonly save: (path: string, version: number, text: string) => void;
  /** Streams that have a snapshot. */
  readonly streamCount: () => number;
  readonly close: () => void;
};

type Row = StoredSnapshot & { readonly sha256: Uint8Array; readonly event: Uint8Array | null };
type Open = { readonly database: DatabaseSync; readonly sql: ReturnType<typeof statements>; streams: number };

/** Opens the file, or makes it. One that cannot be read, or is of another log, is renamed, with a warning, and begun anew. */
export function openSnapshotFile(file: string, { logId, eventAt }: SnapshottedLog, snapshotsPerStream: number, warn: Warn): SnapshotFile {
  let open = openOrReplace();

  function openOrReplace(): Open {
    try {
      return openFile(file, logId);
    } catch (error) {
      if (!isUnusable(error)) throw asStoreError(error, `${file} cannot be opened`);
      setAside(error);
      return openFile(file, logId);
    }
  }

  function setAside(error: unknown): void {
    const aside = freeName(`${file}.unreadable`);
    renameSync(file, aside);
    for (const rest of ["-wal", "-shm"]) rmSync(`${file}${rest}`, { force: true });
    warn(`the snapshots cannot be read (${String(error)}): they were set aside as ${aside}, and states are rebuilt from the events`);
  }

  /** Does the work; if the file turns out to be damaged, goes on with an empty one. */
  function using<T>(what: string, work: (open: Open) => T): T {
    try {
      return work(open);
    } catch (error) {
      if (!isDamage(error)) throw asStoreError(error, what);
      open.database.close();
      setAside(error);
      open = openFile(file, logId);
      return work(open);
    }
  }

  function fingerprint(path: string, version: number): Buffer | null {
    const event = eventAt(path, version);
    return event === undefined ? null : sha256Of(event);
  }

  function faultOf(path: string, { version, snapshot, sha256, event }: Row): string | undefined {
    if (!sha256Of(snapshot).equals(sha256)) return "is not as it was saved";
    return same(event, fingerprint(path, version)) ? undefined : "is of a history that is not the log's";
  }

  /** A cache: a snapshot that cannot be removed either is as little believed, and found out again. */
  function discard(path: string, version: number): string {
    try {
      open.sql.remove.run(path, version);
      if (open.sql.load.get(path, Number.MAX_SAFE_INTEGER) === undefined) open.streams -= 1;
      return "it was removed";
    } catch (error) {
      return `it cannot be removed (${String(error)})`;
    }
  }

  return {
    load: (path, atOrBefore) =>
      using("the snapshot was not loaded", ({ sql }) => {
        const row = sql.load.get(path, atOrBefore) as Row | undefined;
        if (row === undefined) return undefined;
        const fault = faultOf(path, row);
        if (fault === undefined) return { version: row.version, snapshot: row.snapshot };
        return {
          discarded: `the snapshot ${path}@${row.version} ${fault}: ${discard(path, row.version)}, and the state is rebuilt from the events`,
        };
      }),
    save: (path, version, text) =>
      using("the snapshot was not saved", (the) => {
        const row = [path, version, text, sha256Of(text), fingerprint(path, version)] as const;
        if (the.sql.load.get(path, Number.MAX_SAFE_INTEGER) === undefined) {
          the.sql.save.run(...row);
          the.streams += 1;
          return;
        }
        the.sql.save.run(...row);
        the.sql.prune.run(path, path, snapshotsPerStream);
      }),
    streamCount: () => open.streams,
    close: () => open.database.close(),
  };
}

function openFile(file: string, logId: string): Open {
  ensureDatabaseFile(file, snapshotFormat(logId));
  const database = new DatabaseSync(file, { timeout: 1000 });
  try {
    // Never waits for the disk but at a checkpoint: after a power failure the newest may be gone, and none is torn.
    database.exec("PRAGMA synchronous=NORMAL");
    const log = database.prepare("SELECT id FROM log").get() as { id: string } | undefined;
    if (log?.id !== logId) throw new ForeignStoreError(`${file} is of another log`);
    const { streams } = database.prepare("SELECT count(DISTINCT path) AS streams FROM snapshots").get() as { streams: number };
    return { database, sql: statements(database), streams };
  } catch (error) {
    database.close();
    throw error;
  }
}

function statements(database: DatabaseSync) {
  return {
    load: database.prepare(
      "SELECT version, snapshot, sha256, event FROM snapshots WHERE path = ? AND version <= ? ORDER BY version DESC LIMIT 1",
    ),
    save: database.prepare(
      `INSERT INTO snapshots (path, version, snapshot, sha256, event) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET snapshot = excluded.snapshot, sha256 = excluded.sha256, event = excluded.event`,
    ),
    remove: database.prepare("DELETE FROM snapshots WHERE path = ? AND version = ?"),
    prune: database.prepare(
      "DELETE FROM snapshots WHERE path = ? AND version <= (SELECT version FROM snapshots WHERE path = ? ORDER BY version DESC LIMIT 1 OFFSET ?)",
    ),
  };
}

const sha256Of = (text: string): Buffer => hash("sha256", text, "buffer");

const same = (one: Uint8Array | null, other: Uint8Array | null): boolean =>
  one === null || other === null ? one === other : Buffer.compare(one, other) === 0;

const isUnusable = (error: unknown): boolean => isDamage(error) || error instanceof ForeignStoreError;

function freeName(wanted: string): string {
  let name = wanted;
  for (let next = 2; existsSync(name); next += 1) name = `${wanted}-${next}`;
  return name;
}
