import { createLimit } from "@aethyr/async";
import { failureOf } from "./error-map.ts";
import { eventKey, streamPrefix } from "./keys.ts";
import {
  decodeEntries,
  decodeEntry,
  decodeStateTxId,
  decodeTxs,
  encodeEmpty,
  encodeGet,
  encodeGetAll,
  encodeNewestRevision,
  encodeScan,
  encodeTxScan,
  type Entry,
  type ScanRequest,
  type Tx,
  type TxScanRequest,
} from "./messages.ts";

/** What can be read in a session. Calls reject with the error of the transport, see `failureOf`. */
export type SessionReads = {
  get(key: Uint8Array): Promise<Entry | undefined>;
  /** Entries of the keys that exist, as of now; not all as of the same moment. */
  getAll(keys: readonly Uint8Array[]): Promise<readonly Entry[]>;
  /**
   * Entries of versions of a stream that exist, at most 1,000, in order; `anyView`: as of some earlier moment, which is cheaper while others
   * write.
   */
  readRange(path: string, from: number, count: number, anyView: boolean): Promise<readonly Entry[]>;
  /** The newest revision of a key, also of one that was deleted. */
  newestRevision(key: Uint8Array): Promise<Entry | undefined>;
  /** At most 2,500 entries. */
  scan(request: ScanRequest): Promise<readonly Entry[]>;
  txScan(request: TxScanRequest): Promise<readonly Tx[]>;
  /** Id of the newest transaction; 0 for none. */
  newestTx(): Promise<number>;
  /** Any other call that only reads. */
  read(method: string, request: Buffer): Promise<Buffer>;
};

// The server has 100 views of its index at a time, for all its clients. A single key is read without one.
const concurrentViews = 16;
const concurrentGets = 64;
/** So few keys are read one by one, side by side: for a view as of now the server may have to write its index out first. */
const fewKeys = 8;
const keysPerGetAll = 1000;

/** The reads of a session, by what makes a call in it. `readOnly`: the user may only read, which leaves some calls out. */
export function readsOver(reading: (method: string, request: Buffer) => Promise<Buffer>, readOnly: boolean): SessionReads {
  const viewGate = createLimit(concurrentViews);
  const getGate = createLimit(concurrentGets);
  const read = (method: string, request: Buffer): Promise<Buffer> => viewGate(() => reading(method, request));
  const get = async (key: Uint8Array): Promise<Entry | undefined> => {
    const answer = await found(getGate(() => reading("Get", encodeGet(key))));
    return answer && decodeEntry(answer);
  };

  return {
    get,
    getAll: async (keys) => {
      // The server lets only writers read many keys at once.
      if (readOnly || keys.length <= fewKeys) return (await Promise.all(keys.map(get))).filter((entry) => entry !== undefined);
      const pages: Promise<Buffer>[] = [];
      for (let at = 0; at < keys.length; at += keysPerGetAll) pages.push(read("GetAll", encodeGetAll(keys.slice(at, at + keysPerGetAll))));
      return (await Promise.all(pages)).flatMap(decodeEntries);
    },
    readRange: async (path, from, count, anyView) => {
      const sinceTx = anyView ? 1 : 0;
      const keys = Array.from({ length: count }, (_, index) => eventKey(path, from + index));
      if (!readOnly) return decodeEntries(await read("GetAll", encodeGetAll(keys, sinceTx)));
      const [seek, end] = [keys[0] as Buffer, keys.at(-1) as Buffer];
      return decodeEntries(
        await read("Scan", encodeScan({ prefix: streamPrefix(path), seek, inclusiveSeek: true, end, limit: count, sinceTx })),
      );
    },
    newestRevision: async (key) => {
      const answer = await found(getGate(() => reading("History", encodeNewestRevision(key))));
      return answer && decodeEntries(answer)[0];
    },
    scan: async (request) => decodeEntries(await read("Scan", encodeScan(request))),
    txScan: async (request) => decodeTxs(await read("TxScan", encodeTxScan(request))),
    newestTx: async () => decodeStateTxId(await read("CurrentState", encodeEmpty())),
    read,
  };
}

async function found<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (failureOf(error) === "missing") return undefined;
    throw error;
  }
}
