export { createOperations, type OperationsParts } from "./create-operations.ts";
export {
  ApiAddressError,
  ApiUnreachableError,
  ForeignAnswerError,
  InvalidQuestionError,
  NoReadModelsError,
  NotInAClusterError,
  OperatorError,
  RebuildUnderWayError,
  RefusedByApiError,
} from "./errors.ts";
export { mostEventsBetween, type AggregateDiff, type FieldChange } from "./history/aggregate-diff.ts";
export type { Custody, CustodyReader, Holding, Period } from "./history/custody.ts";
export type { EventNote } from "./history/event-note.ts";
export { isTime, type Moment } from "./history/moment.ts";
export { checkApiAddress } from "./http/api-address.ts";
export { connectOperations, type Connection } from "./http/client.ts";
export { startOperatorApi, type OperatorApi, type OperatorApiOptions } from "./http/server.ts";
// Of what read model operations answer.
export type { Comparison, CopyStatus, ProjectionStatus, PutAside, Until } from "@aethyr/projections";
export type { ProjectionRebuildNews, ProjectionRebuildReport } from "./read-models/projection-rebuild-news.ts";
export type {
  ProjectionRebuildOptions,
  ReadModelOperations,
  ReadModelsPart,
  RetriedStream,
  SqlOptions,
  SqlRows,
} from "./read-models/read-model-operations.ts";
export { isClean, type BadState, type RebuildNews, type RebuildOptions, type RebuildReport } from "./rebuild/news.ts";
export type { AggregateState } from "./history/aggregate-state.ts";
export type { HistoryPage, Operations, Tail, WorldStats } from "./operations.ts";
export type { DeadLetterNote, DeadLetterWhole } from "./dead-letters/dead-letter.ts";
export type { DeadLetterOperations } from "./dead-letters/dead-letter-operations.ts";
export type { MemberStatus, PartitionOperations, PartitionStatus, PlacementStatus } from "./partitions/partitions.ts";
export { HostedActor, type HostedActors } from "./hosted-actors.ts";
