import { parentPort, Worker, workerData, type MessagePort } from "node:worker_threads";
import { UnavailableError } from "../errors.ts";
import { fromFailure, toFailure, type Failure } from "./sqlite-errors.ts";

/** Synchronous work on a database, done where it does not stop the event loop. `close` releases everything. */
export type Engine = { readonly close: () => void };
type Method<E extends Engine> = Exclude<keyof E & string, "close">;
type Arguments<F> = F extends (...args: infer A) => unknown ? A : never;
type Result<F> = F extends (...args: never[]) => infer R ? R : never;

/** Warnings of an engine: what it has put right by itself, for the operator to know. */
export type Warn = (message: string) => void;

/** An engine behind a thread. Calls are answered in order. */
export type Link<E extends Engine> = {
  readonly call: <M extends Method<E>>(method: M, ...args: Arguments<E[M]>) => Promise<Result<E[M]>>;
  /** Closes the engine, and the thread with it, after everything that was called before. */
  readonly close: () => Promise<void>;
};

/** The thread of an engine ended by itself while the call was under way: it may or may not have been done. */
export class LinkLostError extends UnavailableError {}

type Call = readonly [method: string, args: readonly unknown[]];
type Answer = { readonly value: unknown } | { readonly failure: Failure } | { readonly warning: string };
type Waiting = { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void };

/** Starts a thread from a module that calls `serve`. Rejects with the error of the engine if that cannot be opened. */
export async function openWorkerLink<E extends Engine>(module: URL, data: unknown, warn: Warn): Promise<Link<E>> {
  const worker = new Worker(module, { workerData: data });
  const exited = new Promise((resolve) => worker.once("exit", resolve));
  // Answers come in the order of the calls, so that they need no numbers.
  const waiting: Waiting[] = [];
  let taken = 0;
  let lost: string | undefined;
  let closing: Promise<void> | undefined;

  const lose = (reason: string): void => {
    lost ??= `${reason}; open the store again`;
    for (const { reject } of waiting.splice(0).slice(taken)) reject(new LinkLostError(lost));
    taken = 0;
  };
  worker.on("error", (error) => lose(`the thread of the store failed: ${String(error)}`));
  worker.on("exit", (code) => lose(`the thread of the store ended with code ${code}`));
  worker.on("message", (answer: Answer) => {
    if ("warning" in answer) return warn(answer.warning);
    const next = waiting[taken];
    taken += 1;
    if (taken === waiting.length) {
      waiting.length = 0;
      taken = 0;
    }
    if ("failure" in answer) next?.reject(fromFailure(answer.failure));
    else next?.resolve(answer.value);
  });

  const post = (method: string, args: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (lost !== undefined) return reject(new UnavailableError(lost));
      waiting.push({ resolve, reject });
      worker.postMessage([method, args] satisfies Call);
    });

  const end = async (): Promise<void> => {
    if (lost !== undefined) return;
    await post("close", []);
    await exited;
  };

  try {
    await post("open", []);
  } catch (error) {
    await exited;
    throw error;
  }
  return {
    call: (method, ...args) => post(method, args) as Promise<never>,
    close: () => (closing ??= end()),
  };
}

/** The other end, in the main module of a thread: opens the engine with what `openWorkerLink` was given, and answers until it is closed. */
export function serve(open: (data: never, warn: Warn) => Engine): void {
  if (parentPort === null) throw new Error("serve is for the main module of a worker thread");
  serveOn(parentPort, (warn) => open(workerData as never, warn));
}

/** Answers the calls that come to a port, which is closed with the engine, and when that cannot be opened. */
export function serveOn(port: MessagePort, open: (warn: Warn) => Engine): void {
  const answer = (message: Answer): void => port.postMessage(message);
  let engine: Engine | undefined;
  port.on("message", ([method, args]: Call) => {
    try {
      engine ??= open((warning) => answer({ warning }));
      answer({ value: invoke(engine, method, args) });
      if (method === "close") port.close();
    } catch (error) {
      answer({ failure: toFailure(error) });
      if (engine === undefined || method === "close") port.close();
    }
  });
}

/** An engine on this thread, with the manners of one on another. */
export function localLink<E extends Engine>(engine: E): Link<E> {
  let closing: Promise<void> | undefined;
  const call = async (method: string, args: readonly unknown[]): Promise<unknown> => invoke(engine, method, args);
  return {
    call: (method, ...args) => call(method, args) as Promise<never>,
    close: () => (closing ??= call("close", []).then(() => undefined)),
  };
}

function invoke(engine: Engine, method: string, args: readonly unknown[]): unknown {
  if (method === "open") return undefined;
  return (engine as unknown as Readonly<Record<string, (...args: readonly unknown[]) => unknown>>)[method]?.(...args);
}
