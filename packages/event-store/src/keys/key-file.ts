import { join } from "node:path";
import { randomBytes } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { ensureDatabaseFile, lockFile, type Format } from "../sqlite/database-file.ts";
import { asStoreError } from "../sqlite/sqlite-errors.ts";

export const keyFileName = "keys.sqlite";

/**
 * A rollback journal that is deleted with every transaction, and a lock of its own instead of SQLite's exclusive mode: a write-ahead log, and
 * the journal of that mode, would keep pages with forgotten keys.
 */
const keyFormat: Format = {
  what: "a file of keys",
  applicationId: 0x4174684b,
  version: 1,
  journal: "delete",
  schema: `CREATE TABLE keys (subject TEXT PRIMARY KEY, key BLOB, forgotten TEXT, CHECK ((key IS NULL) = (forgotten IS NOT NULL))) STRICT`,
};

/** Keys on the disk. "forgotten" is a subject that never has a key again. */
export type KeyFile = {
  readonly obtain: (subject: string) => Uint8Array | "forgotten";
  readonly find: (subject: string) => Uint8Array | undefined;
  readonly forget: (subject: string) => void;
  readonly close: () => void;
};

/** Opens the file of keys in a folder, or makes one. Throws `StoreInUseError`, `ForeignStoreError`, `UnavailableError`. */
export function openKeyFile({ directory }: { readonly directory: string }): KeyFile {
  const file = join(directory, keyFileName);
  const lock = lockFile(join(directory, "keys.lock"));
  let database: DatabaseSync | undefined;
  try {
    ensureDatabaseFile(file, keyFormat);
    database = new DatabaseSync(file, { timeout: 1000 });
    // Secure delete overwrites a key with zeros.
    database.exec("PRAGMA secure_delete=ON; PRAGMA synchronous=FULL");
    return keyFileOn(database, file, lock.release);
  } catch (error) {
    database?.close();
    lock.release();
    throw asStoreError(error, `${file} cannot be opened`);
  }
}

function keyFileOn(database: DatabaseSync, file: string, release: () => void): KeyFile {
  const select = database.prepare("SELECT key FROM keys WHERE subject = ?");
  const insert = database.prepare("INSERT INTO keys (subject, key) VALUES (?, ?)");
  const forget = database.prepare(
    "INSERT INTO keys (subject, forgotten) VALUES (?, ?) ON CONFLICT DO UPDATE SET key = NULL, forgotten = coalesce(forgotten, excluded.forgotten)",
  );
  const find = (subject: string) => select.get(subject) as { key: Uint8Array | null } | undefined;

  const using = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw asStoreError(error, `${file} cannot be used`);
    }
  };

  return {
    obtain: (subject) =>
      using(() => {
        const known = find(subject);
        if (known) return known.key ?? "forgotten";
        const key = Uint8Array.from(randomBytes(32));
        insert.run(subject, key);
        return key;
      }),
    find: (subject) => using(() => find(subject)?.key ?? undefined),
    forget: (subject) => using(() => void forget.run(subject, new Date().toISOString())),
    close: () => {
      database.close();
      release();
    },
  };
}
