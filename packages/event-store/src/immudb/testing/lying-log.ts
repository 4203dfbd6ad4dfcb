import { afterAll, afterEach, beforeAll } from "vitest";
import { alhOf, type ChainPoint, type RawTransaction } from "@aethyr/proof";
import { ref } from "@aethyr/kernel";
import { freshRef, newEvents, write } from "../../contract/samples.ts";
import { openImmudbEventStore } from "../immudb-event-store.ts";
import { openImmudbLog, type ImmudbLog } from "../proof-log.ts";
import { decodeRawTransactions } from "../raw-transactions.ts";
import { encodeTransactions } from "./encode-proof.ts";
import { openLyingServer, type LyingServer } from "./lying-server.ts";
import { testServer } from "./test-server.ts";

/** Seed and amount of the lies; another seed tells others, more rounds tell more. */
export const seed = Number(process.env["FAULT_SEED"] ?? 20_261);
export const rounds = Number(process.env["FAULT_ROUNDS"] ?? 1);

/** Path of a stream whose events are all over the log. */
export const witness = "room/witness";

export type LyingLog = {
  /** The log as the liar tells it. */
  readonly log: () => ImmudbLog;
  readonly liar: () => LyingServer;
  /** Every transaction as it is, from the first. */
  readonly truth: () => readonly RawTransaction[];
  /** Transaction and hash. */
  readonly pointOf: (tx: number) => ChainPoint;
  /** From now on the log is told like this, whatever part of it is asked for. */
  readonly tell: (told: readonly RawTransaction[]) => void;
  /** The truth with other transactions in place of one. */
  readonly replaced: (tx: number, ...by: readonly RawTransaction[]) => readonly RawTransaction[];
  /** Ends all lies, as the end of every test does. */
  readonly honest: () => void;
};

/** A log of so many transactions on a real server, read through one that lies. */
export function lyingLog(transactions: number): LyingLog {
  const { fresh } = testServer();
  let open: { readonly liar: LyingServer; readonly log: ImmudbLog; readonly truth: readonly RawTransaction[] } | undefined;
  beforeAll(async () => {
    const { address, ...options } = fresh();
    const store = await openImmudbEventStore({ ...options, address });
    let version = 0;
    for (let made = 0; made < transactions - 1; made += 1) {
      const own = write(freshRef(), "no-stream", newEvents(1 + (made % 4)));
      const writes = made % 6 === 0 ? [own, write(ref("room", "witness"), version++, newEvents(1))] : [own];
      await store.append([made % 3 === 0 ? { writes } : { writes, command: { id: `c${made}`, outcome: { made } } }]);
    }
    await store.close();
    const liar = await openLyingServer(address);
    const { database, username, password } = options;
    const log = openImmudbLog({ address: liar.address, database, username, password });
    const truth = await log.transactions(1, 1000);
    if (truth.length !== transactions) throw new Error(`the log has ${truth.length} transactions`);
    open = { liar, log, truth };
  });
  afterAll(async () => {
    await open?.log.close();
    open?.liar.close();
  });
  const ready = (): NonNullable<typeof open> => {
    if (!open) throw new Error("the log is made before the tests");
    return open;
  };
  const honest = (): void => {
    for (const method of ["TxScan", "TxById", "VerifiableTxById", "CurrentState"]) ready().liar.lie(method, undefined);
  };
  afterEach(honest);
  return {
    honest,
    tell: (told) => {
      ready().liar.lie("TxScan", (answer) => {
        const asked = decodeRawTransactions(answer);
        const from = ready().truth.findIndex(({ header }) => header.id === asked[0]?.header.id);
        return from < 0 ? answer : encodeTransactions(told.slice(from, from + asked.length));
      });
    },
    replaced: (tx, ...by) => ready().truth.toSpliced(tx - 1, 1, ...by),
    log: () => ready().log,
    liar: () => ready().liar,
    truth: () => ready().truth,
    pointOf: (tx) => {
      const found = ready().truth[tx - 1];
      if (found === undefined) throw new Error(`there is no transaction ${tx}`);
      return { tx, hash: alhOf(found.header) };
    },
  };
}

/** Bytes as text, so that what is read can be compared. */
export const plain = (value: unknown): string =>
  JSON.stringify(value, (_key, one: unknown) => {
    if (one instanceof Uint8Array) return Buffer.from(one).toString("hex");
    // A buffer's own `toJSON` comes first.
    if (typeof one === "object" && one !== null && "type" in one && one.type === "Buffer" && "data" in one)
      return Buffer.from(one.data as number[]).toString("hex");
    return one;
  });

/** The code of an error, for one that has one. */
export const codeOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : String(error));

/** An answer with one bit of it changed. */
export function flipped(answer: Uint8Array, random: () => number): Buffer {
  const told = Buffer.from(answer);
  const at = Math.floor(random() * told.length);
  told[at] = (told[at] ?? 0) ^ (1 << Math.floor(random() * 8));
  return told;
}
