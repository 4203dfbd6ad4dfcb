import type { Fence } from "@aethyr/event-store";
import type { PartitionServer } from "../options.ts";
import type { PartitionState } from "../lifecycles/partition-life.ts";

/** What this host has to do with one partition. Only the functions that move it along change it. */
export type Slot = {
  readonly partition: number;
  /** As leases and fences name it. */
  readonly name: string;
  state: PartitionState;
  /** Which turn of ownership this is: what comes late from a former one is thrown away. */
  turn: number;
  /** Of the lease, as last written or read by this host. */
  revision: number;
  /** From then on others may have the lease, whatever this host has heard. */
  deadline: number;
  renewAt: number;
  renewing: boolean;
  /** Since then it is not known whether the lease is still ours: nothing new is done until it is. */
  doubtfulSince: number | undefined;
  /** The lease is being given back, so that somebody else's is no surprise. */
  leaving: boolean;
  fence: Fence | undefined;
  server: PartitionServer | undefined;
  /** Taking or giving that is under way. */
  task: Promise<void> | undefined;
  /** Writes of the lease, one after the other. */
  writing: Promise<unknown>;
  /** In a row, of taking it. */
  failures: number;
  retryAt: number;
  /** In a row, how often its lease was won and it could not be served, and since when that was tried. */
  misses: number;
  triedSince: number | undefined;
  /** In a row, how often it was left to others as it could not be taken, and until when it is. */
  passes: number;
  passUntil: number | undefined;
  /** Since when another host is wished for, and which. */
  wished: { readonly host: string; readonly since: number } | undefined;
};

export const newSlot = (partition: number, name: string): Slot => ({
  partition,
  name,
  state: "unowned",
  turn: 0,
  revision: 0,
  deadline: 0,
  renewAt: 0,
  renewing: false,
  doubtfulSince: undefined,
  leaving: false,
  fence: undefined,
  server: undefined,
  task: undefined,
  writing: Promise.resolve(),
  failures: 0,
  retryAt: 0,
  misses: 0,
  triedSince: undefined,
  passes: 0,
  passUntil: undefined,
  wished: undefined,
});

/** Its lease was won and not given back yet. */
export const isLeased = ({ state, leaving }: Slot): boolean =>
  !leaving && (state === "fencing" || state === "active" || state === "draining");
