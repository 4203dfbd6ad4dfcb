/** The rule that something broke, stable for programs; the message is for people. */
export type Rule =
  /** A part has a length, a number or a form that it cannot have, or one is there that does not belong. */
  | "malformed"
  /** About other transactions, or another database, than the one asked for. */
  | "elsewhere"
  /** The transaction at the older, or the newer, end of a proof does not have the accumulated hash that it should have. */
  | "source_hash"
  | "target_hash"
  /** Rules of a dual proof. */
  | "inclusion"
  | "consistency"
  | "last_inclusion"
  | "linear"
  | "linear_advance"
  /** A state is not signed by the pinned key, or that is no P-256 public key. */
  | "signature"
  | "pinned_key"
  /** An entry is not in its transaction. */
  | "entry_inclusion"
  /** A transaction's entries, or its header, are not those that its hash is over. */
  | "entries"
  | "transaction_hash"
  /** Rules of a whole log. */
  | "unreadable"
  | "missing"
  | "gap"
  | "chain"
  | "history_tree"
  | "checkpoint"
  | "state"
  | "event_order"
  | "event_entry"
  /** Rules of an evidence bundle. */
  | "version_gap"
  | "event_missing"
  | "envelope"
  | "untrusted";

/** What does not hold. It is an answer, not an error: whoever asked decides what follows. */
export type Refusal = { readonly ok: false; readonly rule: Rule; readonly message: string };

export type Verdict = { readonly ok: true } | Refusal;

export const holds: Verdict = { ok: true };

export const refuse = (rule: Rule, message: string): Refusal => ({ ok: false, rule, message });

/** The first refusal of checks that are made in their order, each only if those before it hold. */
export function allHold(...checks: readonly (() => Verdict)[]): Verdict {
  for (const check of checks) {
    const verdict = check();
    if (!verdict.ok) return verdict;
  }
  return holds;
}
