export { Claim, HostName, Member, type Board, type Change, type PartitionLease, type Leases, type Members, type Watch } from "./board.ts";
export { systemClock, type Clock } from "./clock.ts";
export type { Counts } from "./host/counts.ts";
export { desiredOwners, type Candidate } from "./assignment/desired-owners.ts";
export {
  BoardClosedError,
  BoardUnavailableError,
  HostNameTakenError,
  InvalidPlacementError,
  LastHostError,
  LeaseTakenError,
  OtherMapError,
  PlacementError,
  UnknownPlaceError,
} from "./errors.ts";
export { hostLife, type HostState } from "./lifecycles/host-life.ts";
export { createMemoryBoard, type MemoryBoard, type MemoryBoardOptions } from "./memory/memory-board.ts";
export { placementMetrics, type Metric } from "./metrics.ts";
export { mapName, partitionName } from "./partition-name.ts";
export { observeBoard, type ObserveBoardParts, type ObservedBoard } from "./observe-board.ts";
export {
  defaults,
  silentLog,
  type Log,
  type PartitionServer,
  type Partitions,
  type PlacementOptions,
  type Self,
  type ServePartition,
} from "./options.ts";
export { partitionLife, type PartitionState } from "./lifecycles/partition-life.ts";
export { startPlacement, type Placement, type PlacementParts } from "./placement.ts";
export type { BoardView, MemberView, PartitionView, PlacementView } from "./view.ts";
