import type { Ref } from "@aethyr/kernel";
import type { PlacementStatus } from "@aethyr/operator";
import { observeBoard, type Board, type BoardView, type ObserveBoardParts } from "@aethyr/placement";
import { partitionOf } from "@aethyr/protocol";
import type { WorldRecord } from "../world/world-record.ts";

export type WatchedPlacement = {
  /** Hosts that are on the board, and whether they gave a sign of life within the last seconds. */
  hosts(): readonly { readonly host: string; readonly alive: boolean }[];
  /** Whoever has the lease of an aggregate's partition. */
  ownerOf(ref: Ref): string | undefined;
  view(): PlacementStatus;
  /** Wishes a partition onto a host; no host: takes the wish back. Rejects with `unknown_place`, and as a board. */
  pin(partition: number, host: string | undefined): Promise<void>;
  close(): Promise<void>;
};

/** The placement of a world as operators see it, who ask no host for it. Resolves when it is known. The board stays its owner's. */
export async function watchPlacement(
  board: Board,
  { partitions: count, mapEpoch }: Pick<WorldRecord, "partitions" | "mapEpoch">,
  rest: Pick<ObserveBoardParts, "log" | "clock">,
): Promise<WatchedPlacement> {
  const observed = await observeBoard({ board, partitions: { count, mapEpoch }, ...rest });
  return {
    hosts: () => observed.view().members.map(({ host, alive }) => ({ host, alive })),
    ownerOf: (ref) => observed.ownerOf(partitionOf(ref, count)),
    view: () => placementStatusOf(observed.view()),
    pin: observed.pin,
    close: observed.close,
  };
}

/** How what is on the board becomes what operators are told: nothing is null in JSON, and each host's leases are counted. */
const placementStatusOf = ({ members, partitions }: BoardView): PlacementStatus => ({
  members: members.map(({ host, draining, alive, weight, version, incarnation }) => ({
    host,
    state: draining ? "draining" : "serving",
    alive,
    weight,
    partitions: partitions.filter(({ owner }) => owner === host).length,
    version,
    incarnation,
  })),
  partitions: partitions.map(({ owner = null, desired = null, pin = null, ...rest }) => ({ ...rest, owner, desired, pin })),
});
