import { isLeased, type Slot } from "../leases/slot.ts";
import { boardView, type SeenBoard } from "../membership/board-view.ts";
import type { PlacementView } from "../view.ts";

type SeenHost = Pick<PlacementView, "host" | "incarnation" | "state" | "counts"> &
  Omit<SeenBoard, "names"> & { readonly slots: readonly Slot[] };

/** Placement as this host sees it now: of its own partitions what it knows, of others what is on the board. */
export function hostView({ host, incarnation, state, counts, slots, ...seen }: SeenHost): PlacementView {
  const { members, partitions } = boardView({ ...seen, names: slots.map(({ name }) => name) });
  return {
    host,
    incarnation,
    state,
    members,
    partitions: slots.map((slot, partition) => {
      const written = partitions[partition]!;
      if (slot.state === "unowned") return written;
      return {
        ...written,
        state: slot.state,
        owner: isLeased(slot) ? host : written.owner,
        epoch: slot.fence?.epoch ?? written.epoch,
      };
    }),
    counts: { ...counts },
  };
}
