import { printableKey, sameBytes } from "./bytes.ts";
import { createEventOrder } from "./event-order.ts";
import { alhOf, headerFault } from "./header.ts";
import { createHistoryTree, createMemoryNodes, type HistoryTree } from "./history-tree.ts";
import type { ChainPoint } from "./linear-proof.ts";
import { half, odd } from "./merkle.ts";
import type { ProvableLog } from "./provable-log.ts";
import { genesisAlh } from "./sha256.ts";
import type { RawTransaction } from "./transaction.ts";
import { refuse, type Refusal } from "./verdict.ts";
import { verifyLastInclusion } from "./verify-dual-proof.ts";
import { verifyEntries } from "./verify-transaction.ts";

/** What does not hold in a log, and where: the transaction, and the entry's key as text, if they are known. */
export type LogRefusal = Refusal & { readonly tx?: number; readonly key?: string };

/** Recomputes a log, one transaction after another. */
export type LogAudit = {
  /** What is wrong with the next transaction. */
  readonly check: (transaction: RawTransaction) => LogRefusal | undefined;
  /** The newest transaction that was right, and the accumulated hash there. */
  readonly tip: () => ChainPoint;
};

/** Where an audit begins: what comes before the first transaction that it looks at. */
export type AuditStart = { readonly before: ChainPoint; readonly tree: HistoryTree };

/** The beginning of every log. */
const auditFromTheStart = (): AuditStart => ({ before: { tx: 0, hash: genesisAlh }, tree: forgetful(0, []) });

/**
 * A beginning before a later transaction, as the log tells it. It is not proven: if it is wrong, the accumulated hash that comes out at that
 * transaction is not the one of its checkpoint.
 */
export async function auditFrom(log: ProvableLog, tx: number): Promise<({ readonly ok: true } & AuditStart) | LogRefusal> {
  if (tx === 1) return { ok: true, ...auditFromTheStart() };
  const { header, proof } = await log.prove(tx, tx);
  const verdict = verifyLastInclusion(proof.lastInclusion, proof.targetTreeAlh, { size: tx - 1, root: header.treeRoot });
  if (!verdict.ok) return at(tx, verdict);
  // The neighbours of a tree's last leaf are the complete subtrees that the tree before it consists of.
  const tree = forgetful(tx - 2, proof.lastInclusion);
  tree.append(proof.targetTreeAlh);
  return { ok: true, before: { tx: tx - 1, hash: header.previous }, tree };
}

/** A tree that keeps no more of its nodes than it needs to grow. */
function forgetful(size: number, subtrees: readonly Uint8Array[]): HistoryTree {
  const { get, put } = createMemoryNodes();
  let used = 0;
  for (let level = 0, rest = size; rest > 0; level += 1, rest = half(rest)) {
    const subtree = odd(rest) ? subtrees[used++] : undefined;
    if (subtree !== undefined) put(level, rest - 1, subtree);
  }
  return createHistoryTree({ get, put: () => undefined }, size);
}

export function createAudit({ before, tree }: AuditStart): LogAudit {
  const order = createEventOrder(before.tx === 0);
  let tip = before;

  function check(transaction: RawTransaction): LogRefusal | undefined {
    const { header } = transaction;
    const id = tip.tx + 1;
    if (header.id !== id) return at(id, refuse("gap", `transaction ${tip.tx} is followed by ${header.id}`));
    const fault = headerFault(header);
    if (fault !== undefined) return at(id, refuse("malformed", `the header of transaction ${id} cannot be: ${fault}`));
    const follows = sameBytes(header.previous, tip.hash);
    const knows = header.treeSize === tip.tx && sameBytes(header.treeRoot, tree.root());
    // Two witnesses against one: it is the transaction before that is not what it was.
    if (!follows && !knows && tip.tx > before.tx)
      return at(tip.tx, refuse("chain", `transaction ${tip.tx} is not the one that transaction ${id} was written after`));
    if (!follows) return at(id, refuse("chain", `transaction ${id} was not written after transaction ${tip.tx} as it is`));
    if (!knows) return at(id, refuse("history_tree", `transaction ${id} has another history tree than that of all transactions before it`));
    const verdict = verifyEntries(transaction);
    if (!verdict.ok) return at(id, verdict);
    for (const entry of transaction.entries) {
      const refusal = order.check(entry);
      if (refusal !== undefined) return { ...refusal, tx: id, key: printableKey(entry.key) };
    }
    tip = { tx: id, hash: alhOf(header) };
    tree.append(tip.hash);
    return undefined;
  }

  return { check, tip: () => tip };
}

const at = (tx: number, refusal: Refusal): LogRefusal => ({ ...refusal, tx });
