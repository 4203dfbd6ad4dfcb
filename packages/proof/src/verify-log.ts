import { printableKey, sameBytes } from "./bytes.ts";
import { pointOf, stateOf, type Checkpoint } from "./checkpoint.ts";
import { digested } from "./entry.ts";
import { auditFrom, createAudit, type LogRefusal } from "./log-audit.ts";
import { pagesOf, type LogPage } from "./log-pages.ts";
import type { ChainPoint } from "./linear-proof.ts";
import { isSameLog, logName, type LogState, type ProvableLog } from "./provable-log.ts";
import { genesisAlh } from "./sha256.ts";
import { verifyStateSignature } from "./signed-state.ts";
import type { RawTransaction } from "./transaction.ts";
import { allHold, holds, refuse, type Verdict } from "./verdict.ts";
import { verifyDualProof } from "./verify-dual-proof.ts";
import { verifyDigestedEntries } from "./verify-transaction.ts";

export type VerifyLogOptions = {
  /** Begin at the newest of the checkpoints up to this transaction, which is then trusted for what is before it. Default: the first transaction. */
  readonly from?: number;
  /** Last transaction to look at. Default: the newest. */
  readonly to?: number;
  /** Of this log, made before, and kept where its writers cannot write. In any order. */
  readonly checkpoints?: readonly Checkpoint[];
  /** PEM of the public key that signs states: the log's state must be signed by it, and every checkpoint that is signed. */
  readonly pinnedKey?: string;
  /** After every page. */
  readonly onProgress?: (progress: LogProgress) => void;
  readonly signal?: AbortSignal;
};

export type LogProgress = { readonly tx: number; readonly to: number; readonly entries: number };

export type VerifiedLog = {
  readonly ok: true;
  readonly database: string;
  /** First and last transaction that were recomputed; the accumulated hash at the last one. */
  readonly from: number;
  readonly to: number;
  readonly hash: Uint8Array;
  readonly entries: number;
  /** How many of the given checkpoints were met and compared. */
  readonly checkpoints: number;
  readonly state: LogState;
};

/**
 * Recomputes the hashes of a whole log, or a part of it, from its raw transactions, and compares them with the checkpoints and with the state
 * that the log says it has. The first thing that does not hold is the answer. Reads one page ahead and holds two, beside the newest version of
 * every stream. Rejects with the errors of the log, with what `signal` was aborted for, and with `RangeError` for a range that cannot be.
 */
export async function verifyLog(log: ProvableLog, options: VerifyLogOptions = {}): Promise<VerifiedLog | LogRefusal> {
  const { checkpoints = [], from = 1, onProgress, pinnedKey, signal } = options;
  signal?.throwIfAborted();
  const state = await log.state();
  const to = options.to ?? state.tx;
  if (from < 1 || to < Math.min(from, state.tx)) throw new RangeError(`there are no transactions ${from}–${to}`);
  const known = allHold(
    () => verifyState(state, pinnedKey),
    ...checkpoints.map((checkpoint) => () => verifyCheckpoint(checkpoint, state, pinnedKey)),
  );
  if (!known.ok) return known;
  if (to > state.tx) return { ...refuse("missing", `the log ends at transaction ${state.tx}`), tx: state.tx + 1 };

  const first = newestUpTo(checkpoints, from)?.tx ?? 1;
  const start = await auditFrom(log, first);
  if (!start.ok) return start;
  const audit = createAudit(start);
  const due = Map.groupBy(checkpoints, ({ tx }) => tx);
  let entries = 0;
  let compared = 0;
  let met: number | undefined;

  async function checkPage({ transactions, unreadable }: LogPage): Promise<LogRefusal | undefined> {
    for (const transaction of transactions) {
      const refusal = audit.check(transaction) ?? compare(audit.tip());
      if (refusal !== undefined) return refusal.rule === "entries" ? { ...refusal, ...(await nameEntry(log, transaction)) } : refusal;
      entries += transaction.entries.length;
    }
    if (unreadable === undefined) return undefined;
    const tx = audit.tip().tx + 1;
    return { ...refuse("unreadable", `transaction ${tx} cannot be read: ${unreadable.message}`), tx };
  }

  function compare({ tx, hash }: ChainPoint): LogRefusal | undefined {
    for (const checkpoint of due.get(tx) ?? []) {
      if (!sameBytes(pointOf(checkpoint).hash, hash)) {
        const since = met === undefined ? `up to ${tx}` : `in ${met + 1}–${tx}`;
        return { ...refuse("checkpoint", `transaction ${tx} is not the one of ${checkpoint.time}: something ${since} was rewritten`), tx };
      }
      compared += 1;
      met = tx;
    }
    return undefined;
  }

  for await (const page of pagesOf(log, first, to)) {
    signal?.throwIfAborted();
    const refusal = await checkPage(page);
    if (refusal !== undefined) return refusal;
    onProgress?.({ tx: audit.tip().tx, to, entries });
  }
  const tip = audit.tip();
  if (tip.tx < to)
    return { ...refuse("missing", `the log says that it is at ${state.tx}, and has no transaction ${tip.tx + 1}`), tx: tip.tx + 1 };
  const end = await verifyEnd(log, tip, state);
  if (!end.ok) return { ...end, tx: tip.tx };
  return { ok: true, database: state.database, from: first, to, hash: tip.hash, entries, checkpoints: compared, state };
}

const verifyState = (state: LogState, pinnedKey: string | undefined): Verdict =>
  pinnedKey === undefined ? holds : verifyStateSignature(state, pinnedKey);

function verifyCheckpoint(checkpoint: Checkpoint, state: LogState, pinnedKey: string | undefined): Verdict {
  const { signature, time, tx } = checkpoint;
  if (!isSameLog(checkpoint, state))
    return refuse("elsewhere", `the log is ${logName(state)}; the checkpoint at ${tx} is of ${logName(checkpoint)}`);
  if (tx > state.tx)
    return refuse("missing", `the log ends at transaction ${state.tx}; on ${time} it was at ${tx}: what came after ${state.tx} is gone`);
  return signature === undefined ? holds : verifyState(stateOf(checkpoint), pinnedKey);
}

const newestUpTo = (checkpoints: readonly Checkpoint[], tx: number): Checkpoint | undefined =>
  checkpoints
    .filter((checkpoint) => checkpoint.tx <= tx)
    .reduce<Checkpoint | undefined>((a, b) => (a !== undefined && a.tx > b.tx ? a : b), undefined);

/** That what was recomputed is the beginning of what the log says it is at. */
async function verifyEnd(log: ProvableLog, tip: ChainPoint, state: LogState): Promise<Verdict> {
  if (tip.tx < state.tx && tip.tx > 0) return verifyDualProof(await log.consistency(tip.tx, state.tx), tip, state);
  const hash = state.tx === 0 ? genesisAlh : tip.hash;
  return sameBytes(hash, state.hash)
    ? holds
    : refuse("state", `the state of the log at transaction ${state.tx} is not what its transactions make`);
}

/** The key of the entry that does not fit, where the log keeps the hashes of values apart from the values, or where there is only one. */
async function nameEntry(log: ProvableLog, { header, entries }: RawTransaction): Promise<{ readonly key?: string }> {
  if (entries.length === 1 && entries[0] !== undefined) return { key: printableKey(entries[0].key) };
  const written = await digestsOf(log, header.id);
  if (written === undefined || !verifyDigestedEntries(header, written).ok) return {};
  const wrong = written.find(({ key, hValue, metadata }, index) => {
    const entry = entries[index];
    if (entry === undefined || !sameBytes(entry.key, key) || !sameBytes(entry.metadata, metadata)) return true;
    return !sameBytes(digested(entry).hValue, hValue);
  });
  return wrong === undefined ? {} : { key: printableKey(wrong.key) };
}

async function digestsOf(log: ProvableLog, tx: number) {
  try {
    return (await log.prove(tx, tx)).entries;
  } catch {
    // It would only have told more about a refusal that stands without it.
    return undefined;
  }
}
