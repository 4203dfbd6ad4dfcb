import { decodeEvent } from "../encoding.ts";
import { CorruptStoreError } from "../errors.ts";
import type { StoredEvent } from "../event-store.ts";
import { positionOf, txOf } from "../position.ts";
import { checkPage, type Page } from "../read-options.ts";
import { eventKey, genesisTx, parseEventKey, streamPrefix, textOf } from "./keys.ts";
import type { Tx, TxEntry } from "./messages.ts";
import { splitIndex } from "./place-in-tx.ts";
import type { Session } from "./session.ts";

/** The server gives no more of anything at once. */
const maxTxs = 2500;
/** Transactions without events are rare: the genesis record, later fences. */
const txsToFindHead = 4;

/** An event as the log holds it, not decoded yet. */
export type LogRecord = { readonly stream: string; readonly version: number; readonly position: number; readonly bytes: Uint8Array };

export type LogReader = {
  /** One page of a stream. */
  readPage(page: Page): Promise<readonly StoredEvent[]>;
  /** Up to so many records after a position, in order. */
  readLog(after: number, limit: number): Promise<readonly LogRecord[]>;
  /** Position of the newest event; 0 for none. */
  head(): Promise<number>;
};

export function createLogReader(session: Session): LogReader {
  // How much to ask for is a guess: what a transaction of this log held so far.
  let eventsPerTx = 1;

  return {
    readPage: async (page) => {
      const { path, low, high, backward, limit } = page;
      if (low > high) return [];
      const [from, to] = backward ? [high, low] : [low, high];
      // A page that ends early is the last one: nothing but a deletion, which is damage, could make the server skip an entry.
      const entries = await session.scan({
        prefix: streamPrefix(path),
        seek: eventKey(path, from),
        inclusiveSeek: true,
        end: eventKey(path, to),
        descending: backward,
        limit,
      });
      const events = entries.map(({ key, value, tx, revision }) => {
        const place = placeOf(key);
        if (revision !== 1) throw new CorruptStoreError(`${place.stream}@${place.version} was written ${revision} times`, place);
        return decodeEvent(value, positionOf(tx, splitIndex(value).index), place);
      });
      return checkPage(page, events);
    },

    readLog: async (after, limit) => {
      const records: LogRecord[] = [];
      for (let from = Math.max(txOf(after), genesisTx); records.length < limit;) {
        const wanted = Math.min(Math.ceil((limit - records.length) / eventsPerTx) + 1, maxTxs);
        const txs = await session.txScan({ from, limit: wanted, values: true });
        for (const tx of txs) for (const record of recordsOf(tx)) if (record.position > after) records.push(record);
        const last = txs.at(-1);
        if (last === undefined || txs.length < wanted) break;
        from = last.id + 1;
        eventsPerTx = Math.max(1, (eventsPerTx + records.length / txs.length) / 2);
      }
      return records.slice(0, limit);
    },

    head: async () => {
      let from = await session.newestTx();
      while (from > genesisTx) {
        const txs = await session.txScan({ from, limit: txsToFindHead, descending: true, values: false });
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
  return entries.filter(isEvent).map(({ key, value, plain }, index) => {
    const place = placeOf(key);
    if (!plain || splitIndex(value).index !== index)
      throw new CorruptStoreError(`${place.stream}@${place.version} is not as it was written, in transaction ${id}`, place);
    return { ...place, position: positionOf(id, index), bytes: value };
  });
}

function placeOf(key: Uint8Array): { readonly stream: string; readonly version: number } {
  const place = parseEventKey(key);
  if (!place) throw new CorruptStoreError(`the key ${textOf(key)} is none of an event`);
  return place;
}
