export type {
  Assert,
  Commit,
  CommitResult,
  EventStore,
  FencedEventStore,
  ReadStream,
  RecordedOutcome,
  StoredEvent,
  StreamHead,
  Write,
} from "./event-store.ts";
export type { Answer, AnswerResult, Answers } from "./answers.ts";
export type { Fence, Fences } from "./fences.ts";
export { meets, type ExpectedVersion } from "./expected-version.ts";
export type { Statistics } from "./statistics.ts";
export {
  ClosedError,
  CommandAlreadyRecordedError,
  CorruptStoreError,
  FencedError,
  FenceRetiredError,
  ForeignStoreError,
  HistoryLostError,
  IndexSuspectError,
  SnapshotsUnusableError,
  InvalidRequestError,
  LimitExceededError,
  neverFits,
  nothingAppended,
  OtherLogError,
  OutcomeUnknownError,
  StoreError,
  StoreInUseError,
  StreamEndedError,
  UnavailableError,
  WrongExpectedVersionError,
} from "./errors.ts";
export { limits, longStreamVersion } from "./limits.ts";
export { canonical, decodeEvent, decodeSnapshot, encodeEvent, encodeSnapshot, type Place } from "./encoding.ts";
export { readLog, readStreamAll } from "./read-all.ts";
export { createMemoryEventStore } from "./memory/memory-event-store.ts";
export { createMemoryKeyStore } from "./keys/memory-key-store.ts";
export { checkSubject, InvalidSubjectError, KeyForgottenError, KeyStoreClosedError, KeyStoreError } from "./keys/errors.ts";
export { MigrationDisturbedError, OtherHistoryError } from "./migration/errors.ts";
export { digestOfLog, type LogDigest } from "./migration/log-digest.ts";
export { migrateLog, type MigrateOptions, type MigrationProgress, type MigrationReport } from "./migration/migrate-log.ts";
export { positionOf, positionsPerTransaction, txOf } from "./position.ts";
