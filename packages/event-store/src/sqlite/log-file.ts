import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { ForeignStoreError } from "../errors.ts";
import { checkDatabaseFile } from "./database-file.ts";
import { faultsOf } from "./log-check.ts";
import { logMark } from "./log-format.ts";
import { readLogId } from "./log-id.ts";
import { createProofReader, type ProofReader } from "./proof-reader.ts";
import { asStoreError } from "./sqlite-errors.ts";

export type LogFileOptions = {
  readonly file: string;
  /** A back-up: nobody writes to it, and nothing is to be made beside it. Default: a log, which somebody may have open and write to. */
  readonly backup?: boolean;
};

/** A log, read only, for verification: it needs no lock, and no snapshots. */
export type LogFile = ProofReader & {
  readonly logId: () => string;
  /** See `faultsOf`. */
  readonly faults: () => readonly string[];
  readonly close: () => void;
};

/** Throws `ForeignStoreError`, `CorruptStoreError`, `UnavailableError`. */
export function openLogFile(options: LogFileOptions): LogFile {
  const { file } = options;
  const what = `${file} cannot be read`;
  const database = openReadOnly(options);
  const reading =
    <A extends readonly unknown[], R>(work: (...args: A) => R) =>
    (...args: A): R => {
      try {
        return work(...args);
      } catch (error) {
        throw asStoreError(error, what);
      }
    };
  try {
    const proofs = createProofReader(database);
    const logId = readLogId(database);
    return {
      logId: () => logId,
      proofState: reading(proofs.proofState),
      proofTransactions: reading(proofs.proofTransactions),
      proofOf: reading(proofs.proofOf),
      proofBetween: reading(proofs.proofBetween),
      faults: () => faultsOf(database, file),
      close: () => database.close(),
    };
  } catch (error) {
    database.close();
    throw asStoreError(error, what);
  }
}

/** Opens the file of a log to be read. Throws `ForeignStoreError`, and errors of SQLite. */
export function openReadOnly({ file, backup = false }: LogFileOptions): DatabaseSync {
  if (!existsSync(file)) throw new ForeignStoreError(`${file} is not there`);
  checkDatabaseFile(file, logMark);
  // SQLite would make two files beside it, and leave them there.
  const alone = backup && !existsSync(`${file}-wal`);
  const place = alone ? new URL(`${pathToFileURL(file).href}?immutable=1`) : file;
  try {
    return new DatabaseSync(place, { readOnly: true, timeout: 1000 });
  } catch (error) {
    throw asStoreError(error, `${file} cannot be opened`);
  }
}
