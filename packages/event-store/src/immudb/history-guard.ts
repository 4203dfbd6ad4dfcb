import { HistoryLostError } from "../errors.ts";
import { genesisTx } from "./keys.ts";
import { decodeTxHeader, decodeTxId, type Entry, type Tx } from "./messages.ts";
import type { SessionReads } from "./session-reads.ts";

const remedy =
  "Nothing was appended, and nothing is any more by this process. Remedy: stop every process of the world and put the log back that was there; or, to go on with this one and without what it lacks, start every process anew (docs/operations/immudb.md)";

/** A transaction that was in the log, with what tells it, and all before it, from any other of that id. */
type Seen = Pick<Tx, "id" | "chain">;

export type HistoryGuard = {
  /** Why nothing is done any more; undefined while the log is the one that it was. It never ends. */
  lost(): HistoryLostError | undefined;
  /** Sees that the log which a new session is with goes on from what was seen. Rejects with `HistoryLostError`. To be called before the session is used. */
  met(reads: SessionReads): Promise<void>;
  /** Takes notice of a transaction that was made, by the header that the server answered with. */
  made(header: Buffer): void;
  /** The same reads, of which notice is taken. */
  noting<T extends SessionReads>(reads: T): T;
};

export type HistoryGuardParts = {
  /** From now on everything is refused. */
  readonly onLost?: (error: HistoryLostError) => void;
};

/**
 * A log only grows. Where a back-up that is older is put into the server's place, what was acknowledged since is not there, and to append would be a
 * second history under positions that others know events of. So whatever was seen of the log, made or read, must be in it whenever another
 * process of the server is met; else the log is refused for as long as this process lives.
 */
export function createHistoryGuard({ onLost = () => undefined }: HistoryGuardParts = {}): HistoryGuard {
  let newest: Seen | undefined;
  /** Header of one that was made after `newest`: it is read only where it is needed, as there are many of them. */
  let unread: Buffer | undefined;
  let madeTx = 0;
  /** Reads by a key tell of a transaction no more than its id. */
  let newestId = 0;
  let lost: HistoryLostError | undefined;

  const seen = (id: number): void => {
    if (id > newestId) newestId = id;
  };
  const sawAll = (txs: readonly Seen[]): void => {
    for (const { id, chain } of txs) {
      if (id > (newest?.id ?? 0)) newest = { id, chain };
      seen(id);
    }
  };
  const sawEntries = (entries: readonly Entry[]): void => {
    for (const { tx } of entries) seen(tx);
  };
  const settle = (): Seen | undefined => {
    if (unread !== undefined) sawAll([decodeTxHeader(unread)]);
    unread = undefined;
    return newest;
  };
  const lose = (why: string): HistoryLostError => {
    lost = new HistoryLostError(why, remedy);
    onLost(lost);
    return lost;
  };
  const at = async (reads: SessionReads, id: number): Promise<Tx | undefined> =>
    (await reads.txScan({ from: id, limit: 1, values: false })).find((tx) => tx.id === id);

  return {
    lost: () => lost,

    met: async (reads) => {
      if (lost) throw lost;
      const known = settle();
      const before = newestId;
      const head = await reads.newestTx();
      if (head < before) throw lost ?? lose(`it ends at transaction ${head}, and transaction ${before} was in it`);
      if (known !== undefined) {
        const now = await at(reads, known.id);
        if (now?.chain !== known.chain) throw lost ?? lose(`transaction ${known.id} is another one than it was`);
      }
      if (head >= genesisTx && head > (known?.id ?? 0)) sawAll([await at(reads, head)].filter((tx) => tx !== undefined));
    },

    made: (header) => {
      const id = decodeTxId(header);
      if (id <= madeTx) return;
      [madeTx, unread] = [id, header];
      seen(id);
    },

    noting: (reads) => ({
      ...reads,
      get: async (key) => {
        const found = await reads.get(key);
        if (found) seen(found.tx);
        return found;
      },
      getAll: async (keys) => {
        const found = await reads.getAll(keys);
        sawEntries(found);
        return found;
      },
      readRange: async (path, from, count, anyView) => {
        const found = await reads.readRange(path, from, count, anyView);
        sawEntries(found);
        return found;
      },
      scan: async (request) => {
        const found = await reads.scan(request);
        sawEntries(found);
        return found;
      },
      txScan: async (request) => {
        const found = await reads.txScan(request);
        sawAll(found);
        return found;
      },
      newestTx: async () => {
        const id = await reads.newestTx();
        seen(id);
        return id;
      },
    }),
  };
}
