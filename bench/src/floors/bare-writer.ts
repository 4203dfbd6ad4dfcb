import { mkdirSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { openSqliteEventStore } from "@aethyr/event-store/sqlite";
import type { ToBareWriter } from "./bare-writer-worker.ts";
import { readTransactions, type LogTransaction } from "./log-rows.ts";

export type BareWriterParts = {
  /** A log that is closed. All of it is written again; measured is what stands after the position `after`. */
  readonly source: string;
  readonly after: number;
  /** An empty folder. */
  readonly directory: string;
  /** Commands that may wait for their transaction at once. */
  readonly inFlight: number;
};

export type BareWriterResult = { readonly commands: number; readonly transactions: number; readonly seconds: number };

export const bareWriterDoes =
  "a thread with nothing but node:sqlite writes the very rows of the round (events, outcomes, transactions) in the same transactions, with the same number of commands in flight and the same settings";

/** The floor of durable commands: the same bytes to the same tables, and nothing else. */
export async function runBareWriter({ source, after, directory, inFlight }: BareWriterParts): Promise<BareWriterResult> {
  mkdirSync(directory, { recursive: true });
  // The store makes the file, so that the tables are its own.
  await (await openSqliteEventStore({ directory })).close();
  const { streams, transactions } = readTransactions(source);
  const isMeasured = ({ events }: LogTransaction): boolean => (events[0]?.position ?? 0) > after;
  const measured = transactions.filter(isMeasured);
  const writer = startWriter(directory);
  try {
    await writer.post({ streams });
    const before = transactions.filter((each) => !isMeasured(each));
    await writeAll(before, inFlight, writer);
    const startedMs = performance.now();
    await writeAll(measured, inFlight, writer);
    const seconds = (performance.now() - startedMs) / 1000;
    return { commands: measured.reduce((sum, { commands }) => sum + commands.length, 0), transactions: measured.length, seconds };
  } finally {
    await writer.close();
  }
}

type Writer = { readonly post: (message: ToBareWriter) => Promise<void>; readonly close: () => Promise<void> };

async function writeAll(transactions: readonly LogTransaction[], inFlight: number, { post }: Writer): Promise<void> {
  const open = new Set<Promise<void>>();
  let waiting = 0;
  for (const write of transactions) {
    const size = write.commands.length;
    while (waiting > 0 && waiting + size > inFlight) await Promise.race(open);
    waiting += size;
    const done = post({ write }).then(() => {
      waiting -= size;
      open.delete(done);
    });
    open.add(done);
  }
  await Promise.all(open);
}

function startWriter(directory: string): Writer {
  const worker = new Worker(new URL("./bare-writer-worker.ts", import.meta.url), { workerData: directory });
  const waiting: PromiseWithResolvers<void>[] = [];
  const exited = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  worker.on("message", () => waiting.shift()?.resolve());
  worker.on("error", (error) => {
    for (const { reject } of waiting.splice(0)) reject(error);
  });
  return {
    post(message) {
      const answered = Promise.withResolvers<void>();
      waiting.push(answered);
      worker.postMessage(message);
      return answered.promise;
    },
    async close() {
      worker.postMessage("close" satisfies ToBareWriter);
      await exited;
    },
  };
}
