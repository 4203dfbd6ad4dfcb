import { BusClosedError, BusTimeoutError } from "../errors.ts";

/** Somebody who waits for an answer. Settling it a second time does nothing. */
export type Waiting<T> = { resolve(answer: T): void; reject(error: unknown): void };

export type WaitOptions = { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined };

/** Those of one connection who wait for an answer. */
export type Awaited<T> = {
  /** Calls `begin` with who waits, unless the signal is aborted. Rejects with `timeout`, `closed`, the signal's reason, or as it is told to. */
  wait(options: WaitOptions, begin: (waiting: Waiting<T>) => void): Promise<T>;
  /** Rejects everybody who still waits with `closed`. */
  close(): void;
};

export function createAwaited<T>(): Awaited<T> {
  const open = new Set<Waiting<T>>();
  return {
    wait: ({ timeoutMs, signal }, begin) =>
      new Promise<T>((resolve, reject) => {
        if (signal?.aborted === true) {
          // The reason of an abort is the caller's to choose, an error or not.
          // oxlint-disable-next-line typescript/prefer-promise-reject-errors
          reject(signal.reason);
          return;
        }
        const abort = (): void => waiting.reject(signal?.reason);
        const settle = (): void => {
          open.delete(waiting);
          clearTimeout(timer);
          signal?.removeEventListener("abort", abort);
        };
        const waiting: Waiting<T> = {
          resolve(answer) {
            settle();
            resolve(answer);
          },
          reject(error) {
            settle();
            // oxlint-disable-next-line typescript/prefer-promise-reject-errors
            reject(error);
          },
        };
        const timer = setTimeout(() => waiting.reject(new BusTimeoutError(timeoutMs)), timeoutMs);
        open.add(waiting);
        signal?.addEventListener("abort", abort, { once: true });
        begin(waiting);
      }),
    close() {
      for (const waiting of open) waiting.reject(new BusClosedError());
    },
  };
}
