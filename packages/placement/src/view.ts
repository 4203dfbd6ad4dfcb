import type { Member } from "./board.ts";
import type { Counts } from "./host/counts.ts";
import type { HostState } from "./lifecycles/host-life.ts";
import type { PartitionState } from "./lifecycles/partition-life.ts";

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

/** Who is there, by name, and who has what, as it is on the board. */
export type BoardView = {
  readonly members: readonly MemberView[];
  readonly partitions: readonly PartitionView[];
};

/** The board as one host sees it, where of its own partitions it knows better, and the host itself. */
export type PlacementView = BoardView & {
  readonly host: string;
  readonly incarnation: string;
  readonly state: HostState;
  readonly counts: Readonly<Counts>;
};
