import { Worker } from "node:worker_threads";
import { DatabaseDamagedError, DatabaseInUseError, DatabaseUnavailableError } from "../errors.ts";
import type { Answer, Failure, Question } from "./engine.ts";

/** Rows of a statement, and how many it concerned. */
export type Result = { readonly rows: readonly unknown[]; readonly affected: number | undefined };

/**
 * PGlite behind a thread: one session, statements one after the other. A thread that ended is started again at the next statement. PGlite
 * itself cannot be interrupted: a statement that takes longer than its limit ends the thread, which is to the database what `kill -9` is to
 * a server, and rejects as PostgreSQL has it, with SQLSTATE 57014.
 */
export type Link = {
  readonly query: (text: string, parameters: readonly unknown[], limitMs: number) => Promise<Result>;
  /** How often the thread was started: a transaction must not go on in another session. */
  readonly session: () => number;
  readonly close: () => Promise<void>;
};

type Waiting = {
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
  readonly limitMs: number | undefined;
};

/** A thread, and who waits for its answers. */
type Engine = {
  readonly ask: (question: Question, limitMs?: number) => Promise<Result>;
  /** Resolves when the thread has ended, and its folder is free. */
  readonly ended: Promise<void>;
};

/** An error of PostgreSQL as PGlite tells it: `code` is the SQLSTATE. */
class PgliteError extends Error {
  override readonly name = "PgliteError";
}

export function createLink(directory: string | undefined): Link {
  let engine: Engine | undefined;
  let ending: Promise<void> = Promise.resolve();
  let sessions = 0;
  let closed = false;

  function start(): Engine {
    sessions += 1;
    const started = startEngine(directory, () => {
      if (engine === started) engine = undefined;
    });
    ending = started.ended;
    return started;
  }

  return {
    async query(text, parameters, limitMs) {
      // A folder is one thread's at a time.
      if (engine === undefined) await ending;
      if (closed) throw new DatabaseUnavailableError("the database is closed");
      engine ??= start();
      return engine.ask({ text, parameters }, limitMs);
    },
    session: () => sessions,
    async close() {
      if (closed) return;
      closed = true;
      await engine?.ask("close");
      await ending;
    },
  };
}

/** `onLost`: told when it answers nothing any more. */
function startEngine(directory: string | undefined, onLost: () => void): Engine {
  const worker = new Worker(new URL("./engine-worker.ts", import.meta.url), { workerData: { directory } });
  const waiting: Waiting[] = [];
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  let timer: NodeJS.Timeout | undefined;

  function lose(reason: string): void {
    clearTimeout(timer);
    onLost();
    for (const { reject } of waiting.splice(0)) reject(new DatabaseUnavailableError(reason));
  }
  function endThread(reason: string): void {
    lose(reason);
    void worker.terminate();
  }
  /** Lets the time of the statement begin that the thread is at. */
  function time(): void {
    clearTimeout(timer);
    const [first] = waiting;
    if (first?.limitMs === undefined || first.limitMs === 0) return;
    timer = setTimeout(() => {
      waiting.shift();
      first.reject(Object.assign(new PgliteError("canceling statement due to statement timeout"), { code: "57014", severity: "ERROR" }));
      endThread("the thread of PGlite was ended, because a statement took too long");
    }, first.limitMs);
  }
  function ask(question: Question, limitMs?: number): Promise<Result> {
    return new Promise((resolve, reject) => {
      waiting.push({ resolve, reject, limitMs });
      if (waiting.length === 1) time();
      worker.postMessage(question);
    });
  }

  worker.on("message", (answer: Answer) => {
    const next = waiting.shift();
    if (!("failure" in answer)) next?.resolve(answer);
    else {
      next?.reject(errorOf(answer.failure, directory));
      if (isDeadly(answer.failure)) return endThread(`PGlite gave up: ${answer.failure.message}`);
    }
    time();
  });
  worker.on("error", (error) => lose(`the thread of PGlite failed: ${String(error)}`));
  worker.on("exit", (code) => {
    lose(`the thread of PGlite ended with code ${code}`);
    end();
  });
  // Opening takes its time, which is no statement's. How it went is the answer to the first statement.
  ask("open").catch(() => undefined);
  return { ask, ended };
}

/** A server would end after it, and recover when it is started again; PGlite goes on, and its answers mean nothing. */
const isDeadly = ({ severity }: Failure): boolean => severity === "PANIC" || severity === "FATAL";

function errorOf({ message, ...fields }: Failure, directory: string | undefined): Error {
  if (fields["code"] === "database_in_use") return new DatabaseInUseError(directory ?? "");
  if (fields["code"] === "database_damaged") return new DatabaseDamagedError(directory ?? "", fields["detail"]);
  if (fields["code"] === "database_unavailable") return new DatabaseUnavailableError(message);
  return Object.assign(new PgliteError(message), fields);
}
