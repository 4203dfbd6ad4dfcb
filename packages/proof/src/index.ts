export type { DualProof, LinearAdvanceProof, LinearProof } from "./dual-proof.ts";
export type { LogState, ProvableLog, ProvenTransaction } from "./provable-log.ts";
export type { DigestedEntry, RawEntry, RawTransaction, TxHeader } from "./transaction.ts";
export { genesisAlh, sha256 } from "./sha256.ts";
export { digested, entriesRoot, entryDigest, hashOfValue, mayExpire, rawKey, rawValue } from "./entry.ts";
export { alhOf, genesisTip, innerHash, nextTransaction, type ChainTip } from "./header.ts";
export { leafHash } from "./merkle.ts";
export { createHistoryTree, createMemoryNodes, type HistoryNodes, type HistoryTree } from "./history-tree.ts";
export { entryProver, verifyEntryInclusion, type EntryInclusion } from "./entry-inclusion.ts";
export { proveHistory, type ProvableChain } from "./prove.ts";
export { createMemoryLog, type MemoryLog, type SignState } from "./memory-log.ts";
export type { Refusal, Rule, Verdict } from "./verdict.ts";
export { verifyLinearAdvance, verifyLinearProof, type ChainPoint, type TreePoint } from "./linear-proof.ts";
export { verifyConsistency, verifyDualProof, verifyInclusion, verifyLastInclusion } from "./verify-dual-proof.ts";
export { signedPayload, verifyStateSignature } from "./signed-state.ts";
export { verifyDigestedEntries, verifyEntries, verifyProvenTransaction, verifyTransaction } from "./verify-transaction.ts";
export { isOfEvents, parseEventKey, rawEventKey } from "./event-key.ts";
export { Checkpoint, checkpointOf, encodeCheckpoint, parseCheckpoints, pointOf, type ParsedCheckpoints } from "./checkpoint.ts";
export {
  createCheckpointer,
  createMemorySink,
  extendsCheckpoint,
  type Advanced,
  type Checkpointer,
  type CheckpointerOptions,
  type CheckpointSink,
} from "./checkpointer.ts";
export type { LogRefusal } from "./log-audit.ts";
export { verifyLog, type LogProgress, type VerifiedLog, type VerifyLogOptions } from "./verify-log.ts";
export { EvidenceBundle, type Evidence } from "./evidence.ts";
export { collectEvidence, type CollectEvidence } from "./collect-evidence.ts";
export { checkEvidence, type CheckedEvidence, type CheckEvidenceOptions, type EvidenceRefusal } from "./check-evidence.ts";
