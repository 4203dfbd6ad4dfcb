export { createOperations, type OperationsParts } from "./create-operations.ts";
export {
  ApiAddressError,
  ApiUnreachableError,
  ForeignAnswerError,
  InvalidQuestionError,
  OperatorError,
  RefusedByApiError,
} from "./errors.ts";
export { connectOperations, type Connection } from "./http/client.ts";
export { startOperatorApi, type OperatorApi, type OperatorApiOptions } from "./http/server.ts";
export type { AggregateState, HistoryPage, Operations, Tail, WorldStats } from "./operations.ts";
