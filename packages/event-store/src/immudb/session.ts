import type { Channel } from "./channel.ts";
import { failureOf } from "./error-map.ts";
import { createGate } from "./gate.ts";
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
  encodeOpenSession,
  encodeScan,
  encodeTxScan,
  type Entry,
  type ScanRequest,
  type Tx,
  type TxScanRequest,
} from "./messages.ts";

/** Who we are to the server. The user needs read and write permission on the database. */
export type Login = { readonly username: string; readonly password: string };

/** One database of a server. Calls reject with the error of the transport, see `failureOf`. */
export type Session = {
  /** Makes an encoded `Set` and resolves to the id of its transaction, which is then durable. */
  set(request: Buffer): Promise<number>;
  get(key: Uint8Array): Promise<Entry | undefined>;
  /** Entries of the keys that exist, all as of one moment. */
  getAll(keys: readonly Uint8Array[]): Promise<readonly Entry[]>;
  /** At most 2,500 entries. */
  scan(request: ScanRequest): Promise<readonly Entry[]>;
  txScan(request: TxScanRequest): Promise<readonly Tx[]>;
  /** Id of the newest transaction; 0 for none. */
  newestTx(): Promise<number>;
  createDatabase(request: Buffer): Promise<void>;
  close(): Promise<void>;
};

const writeTimeoutMs = 10_000;
const readTimeoutMs = 5_000;
// The server drops a session that is idle for three minutes.
const keepAliveMs = 60_000;
// The server has 100 snapshots of its index at a time, for all its clients.
const concurrentReads = 16;
const keysPerGetAll = 1000;

export function openSession(channel: Channel, { username, password }: Login, database: string): Session {
  const gate = createGate(concurrentReads);
  let opening: Promise<string> | undefined;

  const sessionId = (): Promise<string> => {
    opening ??= channel
      .call("OpenSession", encodeOpenSession(username, password, database), { timeoutMs: readTimeoutMs })
      .then(decodeSessionId, (error: unknown) => {
        opening = undefined;
        throw error;
      });
    return opening;
  };
  const call = async (method: string, request: Buffer, timeoutMs: number): Promise<Buffer> => {
    const current = sessionId();
    try {
      return await channel.call(method, request, { timeoutMs, session: await current });
    } catch (error) {
      if (failureOf(error) !== "session") throw error;
      // Lost, by a restart of the server for one: once more in a new one, which whoever noticed first has opened already.
      if (opening === current) opening = undefined;
      return channel.call(method, request, { timeoutMs, session: await sessionId() });
    }
  };
  const read = (method: string, request: Buffer): Promise<Buffer> => gate(() => call(method, request, readTimeoutMs));

  // A failure shows in the next call, which mends it.
  const keepAlive = setInterval(
    () => void (opening && call("KeepAlive", encodeEmpty(), readTimeoutMs).catch(() => undefined)),
    keepAliveMs,
  );
  keepAlive.unref();

  return {
    set: async (request) => decodeTxId(await call("Set", request, writeTimeoutMs)),
    get: async (key) => {
      try {
        return decodeEntry(await read("Get", encodeGet(key)));
      } catch (error) {
        if (failureOf(error) === "missing") return undefined;
        throw error;
      }
    },
    getAll: async (keys) => {
      const pages: Promise<Buffer>[] = [];
      for (let at = 0; at < keys.length; at += keysPerGetAll) pages.push(read("GetAll", encodeGetAll(keys.slice(at, at + keysPerGetAll))));
      return (await Promise.all(pages)).flatMap(decodeEntries);
    },
    scan: async (request) => decodeEntries(await read("Scan", encodeScan(request))),
    txScan: async (request) => decodeTxs(await read("TxScan", encodeTxScan(request))),
    newestTx: async () => decodeStateTxId(await read("CurrentState", encodeEmpty())),
    createDatabase: async (request) => {
      await call("CreateDatabaseV2", request, writeTimeoutMs);
    },
    close: async () => {
      clearInterval(keepAlive);
      if (!opening) return;
      // The server ends an idle session by itself; that it cannot be told now is no reason not to close.
      await call("CloseSession", encodeEmpty(), readTimeoutMs).catch(() => undefined);
    },
  };
}
