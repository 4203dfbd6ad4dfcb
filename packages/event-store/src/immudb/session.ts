import type { Channel } from "./channel.ts";
import { failureOf, isDamage, NotMadeError } from "./error-map.ts";
import { createGate } from "./gate.ts";
import { eventKey, streamPrefix } from "./keys.ts";
import {
  decodeEntries,
  decodeEntry,
  decodeSessionId,
  decodeStateTxId,
  decodeTxId,
  decodeTxs,
  encodeEmpty,
  encodeGet,
  encodeGetAll,
  encodeNewestRevision,
  encodeOpenSession,
  encodeScan,
  encodeTxScan,
  type Entry,
  type ScanRequest,
  type Tx,
  type TxScanRequest,
} from "./messages.ts";
import { realSurroundings, retrying, type Surroundings } from "./retry.ts";

/** Who we are to the server. */
export type Login = { readonly username: string; readonly password: string };

export type SessionOptions = {
  /** The user may only read, which leaves some calls out. Default false. */
  readonly readOnly?: boolean;
  /**
   * Is asked about every session before it is used, with what reads a key in it: the server that comes back may not be the one that went.
   * Where it rejects, so do the calls.
   */
  readonly admit?: (session: KeyReader) => Promise<void>;
  readonly surroundings?: Surroundings;
};

export type KeyReader = { get(key: Uint8Array): Promise<Entry | undefined> };

/** One database of a server. Calls reject with the error of the transport, see `failureOf`. */
export type Session = {
  /**
   * Makes an encoded `Set` and resolves to the id of its transaction, which is then durable. It is repeated where nothing was done, and never
   * after an answer was lost.
   */
  set(request: Buffer, timeoutMs?: number): Promise<number>;
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
  /** Any other call, made once. It must be one that may be made twice: a session that was lost is opened again for it. */
  command(method: string, request: Buffer): Promise<Buffer>;
  /** Why calls are refused now; undefined while they are not. */
  away(): Error | undefined;
  /** Resolves when the server can be reached, or when the time is up. */
  reachable(withinMs: number): Promise<void>;
  close(): Promise<void>;
};

const writeTimeoutMs = 10_000;
const readTimeoutMs = 5_000;
const closeTimeoutMs = 1_000;
// The server drops a session that is idle for three minutes.
const keepAliveMs = 60_000;
// The server has 100 views of its index at a time, for all its clients. A single key is read without one.
const concurrentViews = 16;
const concurrentGets = 64;
/** So few keys are read one by one, side by side: for a view as of now the server may have to write its index out first. */
const fewKeys = 8;
const keysPerGetAll = 1000;

export function openSession(
  channel: Channel,
  { username, password }: Login,
  database: string,
  { readOnly = false, admit, surroundings = realSurroundings }: SessionOptions = {},
): Session {
  const viewGate = createGate(concurrentViews);
  const getGate = createGate(concurrentGets);
  let opening: Promise<string> | undefined;

  // One opener at a time: whoever comes meanwhile waits for the same session.
  const sessionId = (): Promise<string> => {
    opening ??= open().catch((error: unknown) => {
      opening = undefined;
      throw failureOf(error) === "ambiguous" ? new NotMadeError("no session", error) : error;
    });
    return opening;
  };
  async function open(): Promise<string> {
    const login = encodeOpenSession(username, password, database);
    const session = decodeSessionId(await channel.call("OpenSession", login, { timeoutMs: readTimeoutMs }));
    if (admit === undefined) return session;
    const getIn = (key: Uint8Array): Promise<Buffer> => channel.call("Get", encodeGet(key), { timeoutMs: readTimeoutMs, session });
    try {
      await admit({ get: async (key) => decoded(await found(getIn(key))) });
    } catch (error) {
      await endSession(session);
      throw error;
    }
    return session;
  }
  // The server ends an idle session by itself; that it cannot be told now is no reason not to go on.
  const endSession = (session: string): Promise<unknown> =>
    channel.call("CloseSession", encodeEmpty(), { timeoutMs: closeTimeoutMs, session }).catch(() => undefined);
  const once = async (method: string, request: Buffer, timeoutMs: number): Promise<Buffer> => {
    const current = sessionId();
    try {
      return await channel.call(method, request, { timeoutMs, session: await current });
    } catch (error) {
      // Lost, by a restart of the server or for its age: the next call opens another, unless somebody has already.
      if (failureOf(error) === "session" && opening === current) opening = undefined;
      throw error;
    }
  };
  const call = async (method: string, request: Buffer, timeoutMs: number): Promise<Buffer> => {
    try {
      return await once(method, request, timeoutMs);
    } catch (error) {
      if (failureOf(error) !== "session") throw error;
      return once(method, request, timeoutMs);
    }
  };
  const reading = (method: string, request: Buffer): Promise<Buffer> =>
    retrying((leftMs) => call(method, request, leftMs), { withinMs: readTimeoutMs, mayPass: repeatable }, surroundings);
  const read = (method: string, request: Buffer): Promise<Buffer> => viewGate(() => reading(method, request));

  const keepAlive = setInterval(() => {
    // A failure shows in the next call, which mends it.
    if (opening && !channel.away()) void call("KeepAlive", encodeEmpty(), readTimeoutMs).catch(() => undefined);
  }, keepAliveMs);
  keepAlive.unref();

  const found = async <T>(reading: Promise<T>): Promise<T | undefined> => {
    try {
      return await reading;
    } catch (error) {
      if (failureOf(error) === "missing") return undefined;
      throw error;
    }
  };
  const get = async (key: Uint8Array): Promise<Entry | undefined> => decoded(await found(getGate(() => reading("Get", encodeGet(key)))));

  return {
    set: async (request, timeoutMs = writeTimeoutMs) =>
      decodeTxId(await retrying((leftMs) => call("Set", request, leftMs), { withinMs: timeoutMs, mayPass: nothingDone }, surroundings)),
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
    command: (method, request) => call(method, request, writeTimeoutMs),
    away: () => channel.away(),
    reachable: (withinMs) => channel.connected(withinMs),
    close: async () => {
      clearInterval(keepAlive);
      const current = opening;
      if (!current || channel.away()) return;
      await current.then(endSession, () => undefined);
    },
  };
}

const decoded = (answer: Buffer | undefined): Entry | undefined => answer && decodeEntry(answer);

const nothingDone = (error: unknown): boolean => ["busy", "session"].includes(failureOf(error));
const repeatable = (error: unknown): boolean => ["busy", "session", "ambiguous"].includes(failureOf(error)) && !isDamage(error);
