import { Worker } from "node:worker_threads";
import { DatabaseInUseError, DatabaseUnavailableError } from "../errors.ts";
import type { Answer, Question } from "./engine.ts";

/** Rows of a statement, and how many it concerned. */
export type Result = { readonly rows: readonly unknown[]; readonly affected: number | undefined };

/** PGlite behind a thread: one session, statements one after the other. A thread that ended by itself is started again at the next statement. */
export type Link = {
  readonly query: (text: string, parameters: readonly unknown[]) => Promise<Result>;
  /** How often the thread was started: a transaction must not go on in another session. */
  readonly session: () => number;
  readonly close: () => Promise<void>;
};

type Waiting = { readonly resolve: (result: Result) => void; readonly reject: (error: Error) => void };

/** An error of PostgreSQL as PGlite tells it: `code` is the SQLSTATE. */
class PgliteError extends Error {
  override readonly name = "PgliteError";
}

export function createLink(directory: string | undefined): Link {
  let worker: Worker | undefined;
  let waiting: Waiting[] = [];
  let sessions = 0;
  let closed = false;

  function start(): Worker {
    const started = new Worker(new URL("./engine-worker.ts", import.meta.url), { workerData: { directory } });
    const mine: Waiting[] = [];
    waiting = mine;
    sessions += 1;
    const lose = (reason: string): void => {
      if (worker === started) worker = undefined;
      for (const { reject } of mine.splice(0)) reject(new DatabaseUnavailableError(reason));
    };
    started.on("message", (answer: Answer) => {
      const next = mine.shift();
      if ("failure" in answer) next?.reject(errorOf(answer.failure, directory));
      else next?.resolve(answer);
    });
    started.on("error", (error) => lose(`the thread of PGlite failed: ${String(error)}`));
    started.on("exit", (code) => lose(`the thread of PGlite ended with code ${code}`));
    return started;
  }

  const ask = (question: Question): Promise<Result> =>
    new Promise((resolve, reject) => {
      if (closed && question !== "close") return reject(new DatabaseUnavailableError("the database is closed"));
      worker ??= start();
      waiting.push({ resolve, reject });
      worker.postMessage(question);
    });

  return {
    query: (text, parameters) => ask({ text, parameters }),
    session: () => sessions,
    async close() {
      if (closed) return;
      closed = true;
      if (worker === undefined) return;
      const exited = new Promise((resolve) => worker?.once("exit", resolve));
      await ask("close");
      await exited;
    },
  };
}

function errorOf({ message, ...fields }: Extract<Answer, { failure: unknown }>["failure"], directory: string | undefined): Error {
  if (fields["code"] === "database_in_use") return new DatabaseInUseError(directory ?? "");
  if (fields["code"] === "database_unavailable") return new DatabaseUnavailableError(message);
  return Object.assign(new PgliteError(message), fields);
}
