import type { Member } from "./board.ts";
import type { Counts } from "./counts.ts";
import type { HostState } from "./host-life.ts";
import type { PartitionState } from "./partition-life.ts";

export type MemberView = Member & {
  /** Heard within the last seconds. */
  readonly alive: boolean;
};

export type PartitionView = {
  readonly partition: number;
  /** What is going on with it: here, or at its owner as that has written last. */
  readonly state: PartitionState;
  /** Who has its lease. */
  readonly owner: string | undefined;
  /** Who should have it. */
  readonly desired: string | undefined;
  /** The host that an operator wished it onto. */
  readonly pin: string | undefined;
  /** Of its owner's fence; 0: not known. */
  readonly epoch: number;
};

/** Placement as one host sees it; what `partitions list` shows. */
export type PlacementView = {
  readonly host: string;
  readonly incarnation: string;
  readonly state: HostState;
  readonly members: readonly MemberView[];
  readonly partitions: readonly PartitionView[];
  readonly counts: Readonly<Counts>;
};
