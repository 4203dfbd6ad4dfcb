import { CorruptStoreError } from "../errors.ts";
import { limits } from "../limits.ts";
import { positionOf, txOf } from "../position.ts";
import { genesisTx, parseEventKey } from "./keys.ts";
import type { Tx, TxEntry } from "./messages.ts";
import { splitIndex } from "../place-in-tx.ts";
import type { Session } from "./session.ts";

/** Transactions asked for at once: where they held one event each so far, the next may hold a thousand. */
const maxTxs = 128;
/** The newest transaction has an event most of the time. Those without come in rows: fences, as a host takes many partitions over at once, and answers. */
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
  /** Position of the newest event in the transactions from one down to another, which is left out; undefined for none. */
  async function newestEvent(newest: number, downTo: number): Promise<number | undefined> {
    let from = newest;
    for (let limit = txsToFindHead; from > downTo; limit = Math.min(limit * 4, maxTxs)) {
      const txs = await session.txScan({ from, limit: Math.min(limit, from - downTo), descending: true, values: false });
      for (const tx of txs) {
        const events = tx.entries.filter(isEvent).length;
        if (events > 0) return positionOf(tx.id, events - 1);
      }
      from = (txs.at(-1)?.id ?? genesisTx) - 1;
    }
    return undefined;
  }

  // How many transactions to ask for is a guess: what they held lately. One too high costs another call; one too low would be a huge answer.
  let eventsPerTx: number = limits.page;
  // An event that no other follows up to this transaction: who goes on after it need not read those again, of which there may be many.
  let quiet = { after: 0, upTo: genesisTx };
  // The newest event up to this transaction: no older one need be looked at for the head.
  let known = { position: 0, tx: genesisTx };

  return {
    readLog: async (after, limit) => {
      const records: LogRecord[] = [];
      let upTo = 0;
      for (let from = after === quiet.after ? quiet.upTo + 1 : Math.max(txOf(after), genesisTx); records.length < limit;) {
        const wanted = Math.min(Math.ceil((limit - records.length) / eventsPerTx) + 1, maxTxs);
        const txs = await session.txScan({ from, limit: wanted, values: true });
        const found = txs.flatMap(recordsOf);
        for (const record of found) if (record.position > after) records.push(record);
        const last = txs.at(-1);
        if (last === undefined) break;
        upTo = last.id;
        eventsPerTx = Math.max(1, (eventsPerTx + found.length / txs.length) / 2);
        if (txs.length < wanted) break;
        from = last.id + 1;
      }
      // Who reads what is older takes nothing from who waits at the end.
      if (records.length <= limit && upTo >= quiet.upTo) quiet = { after: records.at(-1)?.position ?? after, upTo };
      return records.slice(0, limit);
    },

    head: async () => {
      const newest = await session.newestTx();
      const position = (await newestEvent(newest, known.tx)) ?? known.position;
      if (newest > known.tx) known = { position, tx: newest };
      return position;
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
