export type { Comparison, TableComparison } from "./administration/compare.ts";
export { mostRows, queryReadOnly, type QueryAnswer, type QueryOptions } from "./administration/query.ts";
export type { Retried } from "./administration/retry-parked.ts";
export { bigint, boolean, double, integer, nullable, text, timestamp, type Column, type ColumnType, type Value } from "./columns.ts";
export type { ReadModelDatabase } from "./database.ts";
export {
  DatabaseDamagedError,
  DatabaseInUseError,
  DatabaseUnavailableError,
  EventGapError,
  ForeignLogError,
  HandlerFailedError,
  InvalidQueryError,
  LeaseLostError,
  MigrationFailedError,
  NameTakenError,
  ProjectionError,
  ProjectionVersionError,
  SqlRefusedError,
  SqlTimeoutError,
  SqlTooLargeError,
  UnknownProjectionError,
  WrongStateError,
} from "./errors.ts";
export { foldInMemory, type FoldedTables } from "./fold.ts";
export {
  projection,
  type EventHead,
  type Handler,
  type Handlers,
  type Migrations,
  type Projected,
  type Projection,
  type ProjectionDefinition,
} from "./projection.ts";
export { createProjections } from "./projections.ts";
export type { Projections, ProjectionsOptions, Until } from "./projections-port.ts";
export type { Copy, CopyState, Failure } from "./registry/copies.ts";
export type { PutAside } from "./registry/put-aside.ts";
export type { Rows, Sql, SqlTables, TableRows } from "./rows.ts";
export type { CopyStatus, ProjectionStatus } from "./status.ts";
export {
  table,
  type ChangesOf,
  type Columns,
  type IncrementsOf,
  type KeyOf,
  type MatchOf,
  type RowOf,
  type Table,
  type Tables,
} from "./table.ts";
export type { FailurePolicy } from "./work/apply.ts";
