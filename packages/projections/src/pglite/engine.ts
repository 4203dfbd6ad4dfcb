import { existsSync, mkdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";
import { PGlite } from "@electric-sql/pglite";
import { parsers } from "../database.ts";
import { DatabaseDamagedError, DatabaseInUseError, DatabaseUnavailableError, messageOf } from "../errors.ts";

/** What the thread is asked, and answers; in order. */
export type Question = { readonly text: string; readonly parameters: readonly unknown[] } | "open" | "close";
export type Answer = { readonly rows: readonly unknown[]; readonly affected: number | undefined } | { readonly failure: Failure };
export type Failure = Readonly<Record<string, unknown>> & { readonly message: string };

/** What of an error of PostgreSQL is passed on. */
const told = ["code", "severity", "detail", "hint", "schema", "table", "column", "constraint", "routine"] as const;

/** Runs PGlite on this thread until it is closed: it computes for as long as a statement takes, which must not be the caller's thread. */
export function serveEngine(): void {
  if (parentPort === null) throw new Error("serveEngine is for the main module of a worker thread");
  const port = parentPort;
  const opening = open((workerData as { directory: string | undefined }).directory);
  // Its failure is the answer to every question.
  opening.catch(() => undefined);
  let before: Promise<unknown> = Promise.resolve();
  const answer = async (question: Question): Promise<void> => {
    try {
      const { database, release } = await opening;
      if (question === "close") {
        await database.close();
        release();
        port.postMessage({ rows: [], affected: undefined } satisfies Answer);
        port.close();
        return;
      }
      if (question === "open") {
        port.postMessage({ rows: [], affected: undefined } satisfies Answer);
        return;
      }
      const { rows, affectedRows } = await database.query(question.text, [...question.parameters]);
      port.postMessage({ rows, affected: affectedRows } satisfies Answer);
    } catch (error) {
      port.postMessage({ failure: failureOf(error) } satisfies Answer);
      if (question === "close") port.close();
    }
  };
  port.on("message", (question: Question) => {
    before = before.then(() => answer(question));
  });
}

function failureOf(error: unknown): Failure {
  const fields = Object.fromEntries(
    told.flatMap((name) => (typeof error === "object" && error !== null && name in error ? [[name, error[name as never]]] : [])),
  );
  // The error is made again on the other side, from what caused it.
  if (error instanceof DatabaseDamagedError) return { ...fields, detail: messageOf(error.cause), message: error.message };
  return { ...fields, message: messageOf(error) };
}

/** Of its journal alone it writes 16 MB at once. */
const neededMegabytes = 48;

function roomIn(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}

type Opened = { readonly database: PGlite; readonly release: () => void };

async function open(directory: string | undefined): Promise<Opened> {
  if (directory === undefined) return { database: await start(undefined), release: () => undefined };
  const data = join(directory, "postgres");
  const made = join(directory, "made");
  let release: () => void;
  try {
    mkdirSync(directory, { recursive: true });
    release = lock(directory);
  } catch (error) {
    if (error instanceof DatabaseInUseError) throw error;
    throw new DatabaseUnavailableError(`${directory} cannot be used: ${messageOf(error)}`, { cause: error });
  }
  const wasMade = existsSync(made);
  try {
    // A database whose making was interrupted is no database: nothing is lost with it.
    if (!wasMade) rmSync(data, { recursive: true, force: true });
    const database = await start(data);
    writeFileSync(made, "");
    return { database, release };
  } catch (error) {
    release();
    // PGlite does not say why.
    const freeMegabytes = roomIn(directory) / 2 ** 20;
    const isFull = freeMegabytes < neededMegabytes;
    if (wasMade && !isFull) throw new DatabaseDamagedError(directory, error);
    const advice = isFull
      ? `its disk is full (${Math.floor(freeMegabytes)} MB left): make room, and it goes on by itself`
      : "it can be removed, and is made anew from the log";
    throw new DatabaseUnavailableError(`the database in ${directory} cannot be opened: ${messageOf(error)}; ${advice}`, { cause: error });
  }
}

async function start(dataDir: string | undefined): Promise<PGlite> {
  const database = await PGlite.create({ ...(dataDir === undefined ? {} : { dataDir }), parsers: { ...parsers } });
  await database.exec("set timezone to 'UTC'");
  return database;
}

/** An exclusive lock of SQLite on a file of its own, which the operating system drops with the process, however that ends. */
function lock(directory: string): () => void {
  const database = new DatabaseSync(join(directory, "lock"), { timeout: 0 });
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch {
    database.close();
    throw new DatabaseInUseError(directory);
  }
  return () => database.close();
}
