/**
 * A process for the tests to kill: migrates between the two stores of its argument, a small batch at a time, and prints how far it is, a line
 * for each step.
 */
import type { EventStore } from "../../event-store.ts";
import { openImmudbEventStore, type ImmudbOptions } from "../../immudb/index.ts";
import { openSqliteEventStore } from "../../sqlite/index.ts";
import { migrateLog } from "../migrate-log.ts";

/** A folder with a log in sqlite, or a log in immudb. */
export type Place = { readonly directory: string } | ImmudbOptions;
export type Migration = { readonly from: Place; readonly to: Place; readonly batch: number };

const open = (place: Place): Promise<EventStore> => ("directory" in place ? openSqliteEventStore(place) : openImmudbEventStore(place));

const { from, to, batch } = JSON.parse(process.argv[2] ?? "") as Migration;
const [source, target] = [await open(from), await open(to)];
const report = await migrateLog(source, target, {
  batch,
  onProgress: ({ phase, done }) => void process.stdout.write(`${phase} ${done}\n`),
});
process.stdout.write(`${JSON.stringify(report)}\n`);
await Promise.all([source.close(), target.close()]);
