import { checkpointOf, type Checkpoint } from "../checkpoint.ts";
import { rawKey, rawValue } from "../entry.ts";
import { rawEventKey } from "../event-key.ts";
import { createMemoryLog, type MemoryLog, type SignState } from "../memory-log.ts";
import type { ProvableLog } from "../provable-log.ts";
import type { RawEntry, RawTransaction } from "../transaction.ts";
import { rawEntry } from "./chains.ts";

/** An event as stores keep it: canonical JSON of an envelope, with white space behind it where it is not the first of its transaction. */
export const eventEntry = (aggregate: string, version: number, index = 0, data = "x"): RawEntry => ({
  key: rawEventKey(aggregate, version),
  value: rawValue(JSON.stringify({ data, stream: aggregate, version }) + " ".repeat(index)),
  metadata: new Uint8Array(),
});

export type EventLog = MemoryLog & {
  /** The transaction of each version of an aggregate. */
  readonly eventsOf: (aggregate: string) => readonly { readonly version: number; readonly tx: number }[];
  readonly checkpoint: () => Promise<Checkpoint>;
};

export const aggregates = ["room/hall", "room/attic", "player/ann"];

/** A log with a genesis record and then `transactions` more, each with 1–4 events of a few aggregates, and other records beside them. */
export function eventLog(transactions: number, database = "world", sign?: SignState): EventLog {
  const log = createMemoryLog(database, sign);
  const placed = new Map<string, { version: number; tx: number }[]>(aggregates.map((aggregate) => [aggregate, []]));
  log.append([rawEntry("m/genesis", "{}")], 1_700_000_000);
  for (let tx = 2; tx <= transactions + 1; tx += 1) {
    const entries: RawEntry[] = [];
    for (let index = 0; index <= tx % 4; index += 1) {
      const aggregate = aggregates[(tx + index) % aggregates.length] ?? "";
      const events = placed.get(aggregate) ?? [];
      events.push({ version: events.length + 1, tx });
      entries.push(eventEntry(aggregate, events.length, index));
    }
    entries.push({ key: rawKey(`c/${tx}`), value: rawValue("null"), metadata: new Uint8Array() });
    log.append(entries, 1_700_000_000 + tx);
  }
  return {
    ...log,
    eventsOf: (aggregate) => placed.get(aggregate) ?? [],
    checkpoint: async () => checkpointOf(await log.state(), "2026-11-21T12:00:00.000Z"),
  };
}

/** A log that answers as another one does, but for its transactions. */
export const lying = (log: ProvableLog, transactions: readonly RawTransaction[]): ProvableLog => ({
  ...log,
  transactions: async (from, limit) => transactions.slice(from - 1, from - 1 + limit),
});
