import type { Channel } from "./channel.ts";
import { failureOf, isDamage, NotMadeError } from "./error-map.ts";
import { decodeSessionId, decodeTxId, encodeEmpty, encodeOpenSession } from "./messages.ts";
import { realSurroundings, retrying, type Surroundings } from "./retry.ts";
import { readsOver, type SessionReads } from "./session-reads.ts";

/** Who we are to the server. */
export type Login = { readonly username: string; readonly password: string };

export type SessionOptions = {
  /** The user may only read, which leaves some calls out. Default false. */
  readonly readOnly?: boolean;
  /**
   * Is asked about every session before it is used, with what reads in it: the server that comes back may not be the one that went. Where it
   * rejects, so do the calls.
   */
  readonly admit?: (session: SessionReads) => Promise<void>;
  /** Why nothing may be written now, asked when a session is there: whoever waited for it may have to be refused after all. */
  readonly refusal?: () => Error | undefined;
  /** Told of every call that failed, also where it is made again. */
  readonly failed?: (error: unknown) => void;
  /** Told of every transaction that was made, by the header that the server answered with. */
  readonly made?: (header: Buffer) => void;
  readonly surroundings?: Surroundings;
};

/** One database of a server. Calls reject with the error of the transport, see `failureOf`. */
export type Session = SessionReads & {
  /**
   * Makes an encoded `Set` and resolves to the id of its transaction, which is then durable. It is repeated where nothing was done, and never
   * after an answer was lost.
   */
  set(request: Buffer, timeoutMs?: number): Promise<number>;
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

export function openSession(
  channel: Channel,
  { username, password }: Login,
  database: string,
  { readOnly = false, admit, refusal, failed, made, surroundings = realSurroundings }: SessionOptions = {},
): Session {
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
    try {
      await admit(readsOver((method, request) => channel.call(method, request, { timeoutMs: readTimeoutMs, session }), readOnly));
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
      const session = await current;
      const refused = method === "Set" ? refusal?.() : undefined;
      if (refused) throw refused;
      return await channel.call(method, request, { timeoutMs, session });
    } catch (error) {
      failed?.(error);
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

  const keepAlive = setInterval(() => {
    // A failure shows in the next call, which mends it.
    if (opening && !channel.away()) void call("KeepAlive", encodeEmpty(), readTimeoutMs).catch(() => undefined);
  }, keepAliveMs);
  keepAlive.unref();

  return {
    ...readsOver(reading, readOnly),
    set: async (request, timeoutMs = writeTimeoutMs) => {
      const setting = (leftMs: number): Promise<Buffer> => call("Set", request, leftMs);
      const header = await retrying(setting, { withinMs: timeoutMs, mayPass: nothingDone }, surroundings);
      made?.(header);
      return decodeTxId(header);
    },
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

const nothingDone = (error: unknown): boolean => ["busy", "session"].includes(failureOf(error));
const repeatable = (error: unknown): boolean => ["busy", "session", "ambiguous"].includes(failureOf(error)) && !isDamage(error);
