export type { DualProof, LinearAdvanceProof, LinearProof } from "./dual-proof.ts";
export type { LogState, ProvableLog, ProvenTransaction } from "./provable-log.ts";
export type { DigestedEntry, RawEntry, RawTransaction, TxHeader } from "./transaction.ts";
export { genesisAlh } from "./sha256.ts";
export { digested, mayExpire, rawKey, rawValue } from "./entry.ts";
export { alhOf, genesisTip, nextTransaction, type ChainTip } from "./header.ts";
export { leafHash } from "./merkle.ts";
export { createHistoryTree, type HistoryNodes, type HistoryTree } from "./history-tree.ts";
export { proveHistory, type ProvableChain } from "./prove.ts";
export { createMemoryLog, type MemoryLog, type SignState } from "./memory-log.ts";
export type { Refusal, Rule, Verdict } from "./verdict.ts";
export type { ChainPoint } from "./linear-proof.ts";
export { isSameLog, logName, type LogName } from "./provable-log.ts";
export { verifyDualProof } from "./verify-dual-proof.ts";
export { verifyStateSignature } from "./signed-state.ts";
export { verifyProvenTransaction, verifyTransaction } from "./verify-transaction.ts";
export { parseEventKey } from "./event-key.ts";
export {
  Checkpoint,
  checkpointOf,
  encodeCheckpoint,
  isBegunLineOf,
  parseCheckpoints,
  trustedPoint,
  type ParsedCheckpoints,
  type TrustedPoint,
} from "./checkpoint.ts";
export { createCheckpointer, type Advanced, type Checkpointer, type CheckpointerOptions, type CheckpointSink } from "./checkpointer.ts";
export { jsonFault } from "./json-fault.ts";
export type { LogRefusal } from "./log-audit.ts";
export { verifyLog, type LogProgress, type VerifiedLog, type VerifyLogOptions } from "./verify-log.ts";
export type { EvidenceBundle } from "./evidence.ts";
export { collectEvidence, type CollectEvidence } from "./collect-evidence.ts";
export { checkEvidence, type CheckedEvidence, type CheckEvidenceOptions, type EvidenceRefusal } from "./check-evidence.ts";
