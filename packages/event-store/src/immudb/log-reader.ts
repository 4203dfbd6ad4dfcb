import { CorruptStoreError } from "../errors.ts";
import { limits } from "../limits.ts";
import { positionOf, txOf } from "../position.ts";
import { genesisTx, parseEventKey } from "./keys.ts";
import type { Tx, TxEntry } from "./messages.ts";
import { splitIndex } from "../place-in-tx.ts";
import type { Session } from "./session.ts";

/** Transactions asked for at once: where they held one event each so far, the next may hold a thousand. */
const maxTxs = 128;
/** Transactions without events are rare: the genesis record, bars. Fences may come in rows, as a host takes many partitions over at once. */
const txsToFindHead = 4;

/** An event as the log holds it, not decoded yet. */
export type LogRecord = { readonly stream: string; readonly version: number; readonly position: number; readonly bytes: Uint8Array };

export type LogReader = {
  /** Up to so many records after a position, in order. */
  readLog(after: number, limit: number): Promise<readonly LogRecord[]>;
  /** Position of the newest event; 0 for none. */
  head(): Promise<number>;
};

export function createLogReader(session: Session): LogReader {
  // How many transactions to ask for is a guess: what they held lately. One too high costs another call; one too low would be a huge answer.
  let eventsPerTx: number = limits.page;
  // An event that is known to be the last of its transaction: who goes on after it need not read that transaction again.
  let lastOfTx = 0;

  return {
    readLog: async (after, limit) => {
      const records: LogRecord[] = [];
      for (let from = Math.max(txOf(after) + (after === lastOfTx ? 1 : 0), genesisTx); records.length < limit;) {
        const wanted = Math.min(Math.ceil((limit - records.length) / eventsPerTx) + 1, maxTxs);
        const txs = await session.txScan({ from, limit: wanted, values: true });
        const found = txs.flatMap(recordsOf);
        for (const record of found) if (record.position > after) records.push(record);
        const last = txs.at(-1);
        if (last === undefined) break;
        eventsPerTx = Math.max(1, (eventsPerTx + found.length / txs.length) / 2);
        if (txs.length < wanted) break;
        from = last.id + 1;
      }
      if (records.length <= limit) lastOfTx = records.at(-1)?.position ?? lastOfTx;
      return records.slice(0, limit);
    },

    head: async () => {
      let from = await session.newestTx();
      for (let limit = txsToFindHead; from > genesisTx; limit = Math.min(limit * 4, maxTxs)) {
        const txs = await session.txScan({ from, limit, descending: true, values: false });
        for (const tx of txs) {
          const events = tx.entries.filter(isEvent).length;
          if (events > 0) return positionOf(tx.id, events - 1);
        }
        from = (txs.at(-1)?.id ?? genesisTx) - 1;
      }
      return 0;
    },
  };
}

const isEvent = ({ key }: TxEntry): boolean => parseEventKey(key) !== undefined;

function recordsOf({ id, entries }: Tx): readonly LogRecord[] {
  const records: LogRecord[] = [];
  for (const { key, value, plain } of entries) {
    const place = parseEventKey(key);
    if (place === undefined) continue;
    const index = records.length;
    if (!plain || splitIndex(value).index !== index)
      throw new CorruptStoreError(`${place.stream}@${place.version} is not as it was written, in transaction ${id}`, place);
    records.push({ ...place, position: positionOf(id, index), bytes: value });
  }
  return records;
}
