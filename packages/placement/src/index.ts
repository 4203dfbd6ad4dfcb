export { Claim, HostName, Member, type Board, type Change, type Lease, type Leases, type Members, type Watch } from "./board.ts";
export { systemClock, type Clock } from "./clock.ts";
export type { Counts } from "./counts.ts";
export { desiredOwners, type Candidate } from "./desired-owners.ts";
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
export { hostLife, type HostState } from "./host-life.ts";
export { createMemoryBoard, type MemoryBoard, type MemoryBoardOptions } from "./memory/memory-board.ts";
export { placementMetrics, type Metric } from "./metrics.ts";
export { mapName, partitionName } from "./partition-name.ts";
export { defaults, silentLog, type Log, type Partitions, type PlacementOptions, type Seat, type Self, type TakeSeat } from "./options.ts";
export { partitionLife, type PartitionState } from "./partition-life.ts";
export { startPlacement, type Placement, type PlacementParts } from "./placement.ts";
export type { MemberView, PartitionView, PlacementView } from "./view.ts";
