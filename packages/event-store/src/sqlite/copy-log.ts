import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { backup } from "node:sqlite";
import { ForeignStoreError } from "../errors.ts";
import { syncDirectory } from "./database-file.ts";
import { openReadOnly, type LogFileOptions } from "./log-file.ts";
import { asStoreError } from "./sqlite-errors.ts";

export type CopyOptions = {
  /** Called after every step, with bytes. */
  readonly onProgress?: (progress: { readonly copied: number; readonly total: number }) => void;
  readonly signal?: AbortSignal;
};

/** About 4 MB: as long as a signal has to wait. */
const pagesPerStep = 1000;

/**
 * Copies a log, as it is at this moment, to a new file. The log may be in use, by this process or another, and written to meanwhile. The file
 * has its name only once all of it is on the disk and `check`, which is told where it lies until then, was resolved; else nothing of it stays.
 * Rejects with `foreign_store` also where there is a file of that name.
 */
export async function copyLog<T>(from: LogFileOptions, to: string, options: CopyOptions, check: (file: string) => Promise<T>): Promise<T> {
  for (const name of [to, `${to}-wal`]) {
    if (existsSync(name))
      throw new ForeignStoreError(`${name} is there already: it was left as it is; choose another place, or move it away`);
  }
  const part = `${to}.part`;
  try {
    mkdirSync(dirname(to), { recursive: true });
    removeDatabase(part);
    await copyPages(from, part, options);
    const checked = await check(part);
    options.signal?.throwIfAborted();
    syncFile(part);
    renameSync(part, to);
    syncDirectory(dirname(to));
    return checked;
  } catch (error) {
    // What is in the way of the folder is in the way of this, too.
    if (existsSync(part)) removeDatabase(part);
    if (options.signal?.aborted === true) throw error;
    throw asStoreError(error, `${from.file} was not copied to ${to}`);
  }
}

async function copyPages(from: LogFileOptions, to: string, { onProgress, signal }: CopyOptions): Promise<void> {
  signal?.throwIfAborted();
  const source = openReadOnly(from);
  try {
    const pageSize = Number(source.prepare("PRAGMA page_size").get()?.["page_size"]);
    // A transaction that has read keeps this moment. Without it the copying would begin anew whenever somebody writes: on a busy log, for ever.
    source.exec("BEGIN");
    source.prepare("SELECT count(*) FROM meta").get();
    // The log itself is for its owner only.
    closeSync(openSync(to, "wx", 0o600));
    const pages = await backup(source, to, {
      rate: pagesPerStep,
      progress: ({ totalPages, remainingPages }) => {
        signal?.throwIfAborted();
        onProgress?.({ copied: (totalPages - remainingPages) * pageSize, total: totalPages * pageSize });
      },
    });
    onProgress?.({ copied: pages * pageSize, total: pages * pageSize });
  } finally {
    source.close();
  }
}

function syncFile(file: string): void {
  const descriptor = openSync(file, "r+");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function removeDatabase(file: string): void {
  for (const rest of ["", "-journal", "-wal", "-shm"]) rmSync(`${file}${rest}`, { force: true });
}
