import { parentPort, workerData } from "node:worker_threads";
import { DatabaseSync } from "node:sqlite";
import { chainColumns, logFile, type LogTransaction, type StreamRow } from "./log-rows.ts";

/** Streams to be there before anything is measured; or one transaction of the log; or the end. */
export type ToBareWriter = { readonly streams: readonly StreamRow[] } | { readonly write: LogTransaction } | "close";

// The settings of the store's own writer, so that only its code is missing.
const database = new DatabaseSync(logFile(String(workerData)), { timeout: 1000 });
database.exec("PRAGMA synchronous=FULL; PRAGMA cache_size=-32768; PRAGMA journal_size_limit=67108864");
const begin = database.prepare("BEGIN IMMEDIATE");
const commit = database.prepare("COMMIT");
const insertStream = database.prepare("INSERT INTO streams (stream, path) VALUES (?, ?)");
const insertEvent = database.prepare("INSERT INTO events (position, stream, version, event) VALUES (?, ?, ?, ?)");
const insertCommand = database.prepare("INSERT INTO commands (id, position, outcome) VALUES (?, ?, ?)");
const insertTransaction = database.prepare(
  `INSERT INTO transactions (${chainColumns.join(", ")}) VALUES (${chainColumns.map(() => "?").join(", ")})`,
);
const count = database.prepare(
  "INSERT INTO event_types (type, count) VALUES ('any', ?) ON CONFLICT DO UPDATE SET count = count + excluded.count",
);

function insert({ chain, events, commands }: LogTransaction): void {
  for (const { position, stream, version, event } of events) insertEvent.run(position, stream, version, event);
  for (const { id, position, outcome } of commands) insertCommand.run(id, position, outcome);
  count.run(events.length);
  insertTransaction.run(...chainColumns.map((column) => chain[column]));
}

parentPort?.on("message", (message: ToBareWriter) => {
  if (message === "close") {
    database.close();
    parentPort?.close();
    return;
  }
  begin.run();
  if ("write" in message) insert(message.write);
  else for (const { stream, path } of message.streams) insertStream.run(stream, path);
  commit.run();
  parentPort?.postMessage("done");
});
