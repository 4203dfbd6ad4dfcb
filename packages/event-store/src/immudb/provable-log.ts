import type { DualProof, ProvableLog, ProvenTransaction, RawTransaction } from "@aethyr/proof";
import { CorruptStoreError, InvalidRequestError } from "../errors.ts";
import { isDamage, said, unavailable } from "./error-map.ts";
import { encodeEmpty } from "./messages.ts";
import { decodeState, decodeVerifiableTx, encodeVerifiableTx } from "./proof-messages.ts";
import { decodeRawTransactions, encodeRawTxScan } from "./raw-transactions.ts";
import { decodeDigests, encodeTxById, isComplete, withExpired } from "./raw-expired.ts";
import type { Session } from "./session.ts";

const maxLimit = 1000;

type Call<T> = {
  readonly method: string;
  readonly request: Buffer;
  readonly decode: (answer: Buffer) => T;
  /** Which one it is about, for errors. */
  readonly transaction?: number;
};

/**
 * The log of a database as proofs see it. It needs no more than the permission to read. Rejects with `unavailable`, `invalid_request`, or
 * `corrupt_store` for answers that cannot be read.
 */
export function provableLogOf(session: Session, database: string, logId: () => Promise<string | undefined>): ProvableLog {
  const ask = async <T>(doing: string, call: Call<T>): Promise<T> => {
    const { method, request, decode, transaction } = call;
    const details = transaction === undefined ? {} : { transaction };
    let answer: Buffer;
    try {
      answer = await session.read(method, request);
    } catch (error) {
      if (isDamage(error))
        throw new CorruptStoreError(`immudb could not ${doing}, as what it has stored is damaged (${said(error)})`, details, {
          cause: error,
        });
      throw unavailable(error, doing);
    }
    try {
      return decode(answer);
    } catch (cause) {
      throw new CorruptStoreError(`what immudb answered when asked to ${doing} cannot be read`, details, { cause });
    }
  };
  const ofTx = (tx: number): number => {
    if (!Number.isSafeInteger(tx) || tx < 1) throw new InvalidRequestError(`there is no transaction ${tx}: ids are whole numbers from 1`);
    return tx;
  };
  const verifiable = async (doing: string, tx: number, against: number): Promise<ProvenTransaction> => {
    const found = await ask(doing, {
      method: "VerifiableTxById",
      request: encodeVerifiableTx(tx, against),
      decode: decodeVerifiableTx,
      transaction: tx,
    });
    return { ...found, proof: withoutNeedless(found.proof) };
  };
  const completed = async (tx: RawTransaction): Promise<RawTransaction> => {
    if (isComplete(tx)) return tx;
    const { id } = tx.header;
    const request = encodeTxById(id);
    return withExpired(tx, await ask(`give transaction ${id}`, { method: "TxById", request, decode: decodeDigests, transaction: id }));
  };

  return {
    state: async () => {
      const state = await ask("tell its state", { method: "CurrentState", request: encodeEmpty(), decode: decodeState });
      if (state.database !== database)
        throw new CorruptStoreError(`immudb was asked for the state of ${database} and gave the one of ${state.database}`);
      const log = await logId();
      return log === undefined ? state : { ...state, log };
    },

    transactions: async (from, limit) => {
      if (!Number.isSafeInteger(limit) || limit < 1 || limit > maxLimit)
        throw new InvalidRequestError(`${limit} transactions cannot be read at once: 1–${maxLimit} can`);
      const page = await ask(`give ${limit === 1 ? "transaction" : "transactions from"} ${from}`, {
        method: "TxScan",
        request: encodeRawTxScan(ofTx(from), limit),
        decode: decodeRawTransactions,
        transaction: from,
      });
      return page.every(isComplete) ? page : Promise.all(page.map(completed));
    },

    prove: async (tx, trustedTx) => verifiable(`prove transaction ${tx}`, ofTx(tx), ofTx(trustedTx)),

    consistency: async (fromTx, toTx) => {
      if (fromTx > toTx) throw new InvalidRequestError(`transaction ${toTx} is older than ${fromTx}: a proof goes from the older one`);
      return (await verifiable(`prove that ${fromTx} is before ${toTx}`, ofTx(toTx), ofTx(fromTx))).proof;
    },
  };
}

/** Where both history trees are of one size their roots are to be the same, and nothing is left to prove; the server says something anyway. */
const withoutNeedless = (proof: DualProof): DualProof =>
  proof.source.treeSize === proof.target.treeSize ? { ...proof, consistency: [] } : proof;
