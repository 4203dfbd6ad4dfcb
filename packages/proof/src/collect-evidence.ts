import { hexOfBytes, sameBytes } from "./bytes.ts";
import { checkEvidence, type EvidenceRefusal } from "./check-evidence.ts";
import { digested } from "./entry.ts";
import { entryProver, type EntryInclusion } from "./entry-inclusion.ts";
import { rawEventKey } from "./event-key.ts";
import { writeHeader, writePart, writeTerms, type EvidenceBundle } from "./evidence.ts";
import type { LogState, ProvableLog } from "./provable-log.ts";
import type { RawTransaction } from "./transaction.ts";
import { refuse, type Refusal } from "./verdict.ts";
import { verifyEntries } from "./verify-transaction.ts";

export type CollectEvidence = {
  /** `type/id`. */
  readonly aggregate: string;
  /** The transaction of each version, from version 1. */
  readonly events: readonly { readonly version: number; readonly tx: number }[];
  /** The state to prove everything into. Default: the log's own now. */
  readonly state?: LogState;
  /** Transactions of checkpoints that the bundle is to be tied to, so that who holds one of them can trust it. */
  readonly anchors?: readonly number[];
  readonly signal?: AbortSignal;
};

/**
 * Makes the bundle of an aggregate's events. It is checked before it is given out: what a reader would refuse is refused here. Asks the log
 * twice for each transaction that holds some of the events, one after another: proofs are dear for a busy server. Rejects with the errors of
 * the log, and with what `signal` was aborted for.
 */
export async function collectEvidence(
  log: ProvableLog,
  { aggregate, anchors = [], events, signal, state: given }: CollectEvidence,
): Promise<{ readonly ok: true; readonly bundle: EvidenceBundle } | EvidenceRefusal> {
  const state = given ?? (await log.state());
  if (state.tx === 0) return refuse("event_missing", "the log has no transactions");
  const written: EvidenceBundle["events"] = [];
  const transactions: EvidenceBundle["transactions"] = [];
  const { header } = await log.prove(state.tx, state.tx);

  for (const [tx, of] of Map.groupBy(events, (event) => event.tx)) {
    signal?.throwIfAborted();
    const [raw] = await log.transactions(tx, 1);
    if (raw?.header.id !== tx) return refuse("missing", `the log does not give transaction ${tx}`);
    const sound = verifyEntries(raw);
    if (!sound.ok) return sound;
    const proven = await log.prove(tx, state.tx);
    transactions.push(writePart(proven.header, proven.proof));
    const inclusionOf = entryProver(raw.header.version, raw.entries.map(digested));
    for (const { version } of of) {
      const event = writeEvent(aggregate, version, raw, inclusionOf);
      if ("ok" in event) return { ...event, event: version };
      written.push(event);
    }
  }
  const tied: EvidenceBundle["anchors"] = [];
  for (const tx of anchors) {
    signal?.throwIfAborted();
    const proven = await log.prove(tx, state.tx);
    tied.push(writePart(proven.header, proven.proof));
  }
  const bundle: EvidenceBundle = {
    format: "aethyr-evidence",
    version: 1,
    aggregate,
    trusted: {
      database: state.database,
      ...(state.log !== undefined && { log: state.log }),
      header: writeHeader(header),
      hash: hexOfBytes(state.hash),
      ...(state.signature && { signature: Buffer.from(state.signature).toString("base64") }),
    },
    anchors: tied,
    events: written,
    transactions,
  };
  const checked = checkEvidence(bundle);
  return checked.ok ? { ok: true, bundle } : checked;
}

function writeEvent(
  aggregate: string,
  version: number,
  { header, entries }: RawTransaction,
  inclusionOf: (leaf: number) => EntryInclusion,
): EvidenceBundle["events"][number] | Refusal {
  const key = rawEventKey(aggregate, version);
  const index = entries.findIndex((entry) => sameBytes(entry.key, key));
  const entry = entries[index];
  if (entry === undefined) return refuse("event_missing", `version ${version} is not in transaction ${header.id}`);
  return {
    version,
    key: hexOfBytes(key),
    value: Buffer.from(entry.value).toString("base64"),
    tx: header.id,
    index,
    inclusion: writeTerms(inclusionOf(index).terms),
  };
}
