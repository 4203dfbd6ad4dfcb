import type { ProvableLog } from "./provable-log.ts";
import type { RawTransaction } from "./transaction.ts";

/** A page of a log; `unreadable` is the error that its next transaction cannot be read for. */
export type LogPage = { readonly transactions: readonly RawTransaction[]; readonly unreadable?: Error };

/** About as much is held in memory at a time, twice: a page that is looked at and the next one. */
const bytesPerPage = 4 * 1024 * 1024;
const firstPage = 64;
const mostPerPage = 1000;

/**
 * The transactions `from`–`to` in pages; the next page is under way while one is looked at. Ends early where the log has no more. A page that
 * the store says is damaged (`corrupt_store`) is read again in halves, down to the transaction that is. Any other error is thrown.
 */
export async function* pagesOf(log: ProvableLog, from: number, to: number): AsyncGenerator<LogPage> {
  let limit = firstPage;
  const read = (at: number): Promise<LogPage> => readPage(log, at, Math.min(limit, to - at + 1));
  let next: Promise<LogPage> | undefined = from <= to ? read(from) : undefined;
  let at = from;
  while (next !== undefined) {
    const page: LogPage = await next;
    const count = page.transactions.length;
    at += count;
    if (count > 0) limit = Math.max(1, Math.min(mostPerPage, Math.floor((bytesPerPage * count) / weightOf(page.transactions))));
    const more = count > 0 && at <= to && page.unreadable === undefined;
    next = more ? read(at) : undefined;
    // Its failure is for whoever awaits it, which may be nobody if the reader stops here.
    next?.catch(() => undefined);
    if (count > 0 || page.unreadable !== undefined) yield page;
  }
}

async function readPage(log: ProvableLog, from: number, limit: number): Promise<LogPage> {
  const found: RawTransaction[] = [];
  let size = limit;
  while (found.length < limit) {
    const ask = Math.min(size, limit - found.length);
    try {
      const page = await log.transactions(from + found.length, ask);
      found.push(...page.slice(0, ask));
      // As much of it as the log gives at a time, or all there is.
      if (size === limit || page.length === 0) break;
    } catch (error) {
      if (!isDamage(error)) throw error;
      if (ask === 1) return { transactions: found, unreadable: error };
      size = Math.ceil(ask / 2);
    }
  }
  return { transactions: found };
}

const isDamage = (error: unknown): error is Error => error instanceof Error && "code" in error && error.code === "corrupt_store";

function weightOf(transactions: readonly RawTransaction[]): number {
  let bytes = 0;
  for (const { entries } of transactions) {
    bytes += 200;
    for (const { key, value } of entries) bytes += key.length + value.length + 100;
  }
  return bytes;
}
