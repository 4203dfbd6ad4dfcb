import type { DualProof } from "./dual-proof.ts";
import type { DigestedEntry, RawTransaction, TxHeader } from "./transaction.ts";

/** Where a log is: its newest transaction and the accumulated hash (Alh) there, which stands for everything up to it. */
export type LogState = {
  /** Name of the database, which a signature is over. */
  readonly database: string;
  /** Id of the log, where its database's name is not one: another log may be under the same name elsewhere. */
  readonly log?: string;
  /** 0 for an empty log; then `hash` is SHA-256 of nothing. */
  readonly tx: number;
  readonly hash: Uint8Array;
  /** DER signature (ECDSA P-256, SHA-256) over `signedPayload`, if the server signs. */
  readonly signature?: Uint8Array;
};

/** Names a log. */
export type LogName = Pick<LogState, "database" | "log">;

/** Whether two names can be of one log: an id that is not known is no difference. */
export const isSameLog = (one: LogName, other: LogName): boolean =>
  one.database === other.database && (one.log === undefined || other.log === undefined || one.log === other.log);

/** As a person reads it. */
export const logName = ({ database, log }: LogName): string => (log === undefined ? database : `${database} (${log})`);

/** A transaction with its entries by their digests, and the proof that ties it to a state that is trusted. */
export type ProvenTransaction = { readonly header: TxHeader; readonly entries: readonly DigestedEntry[]; readonly proof: DualProof };

/**
 * A log whose history can be proven. Nothing that it answers is believed: `verifyLog` and `checkEvidence` recompute every hash. Adapters
 * reject with the errors of their store; what is there and cannot be read back with the code `corrupt_store`, which `verifyLog` takes for an
 * answer: it then looks for the first transaction that it is about.
 */
export interface ProvableLog {
  /** The state now. */
  state(): Promise<LogState>;
  /** Up to `limit` (1–1000) whole transactions from an id on, in order; fewer where they are large, none only past the end. */
  transactions(from: number, limit: number): Promise<readonly RawTransaction[]>;
  /** One transaction, with the dual proof between it and another one, or itself (whichever is older is the proof's source). */
  prove(tx: number, trustedTx: number): Promise<ProvenTransaction>;
  /** The dual proof from an older transaction to a newer one. */
  consistency(fromTx: number, toTx: number): Promise<DualProof>;
}
