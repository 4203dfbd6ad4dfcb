import type { Ref } from "@aethyr/kernel";
import { partitionOf } from "@aethyr/protocol";
import type { Share } from "../bus.ts";
import { OutdatedEpochError, PartitionsError } from "../errors.ts";
import type { LaneServer, QueueLane } from "./queue-lane.ts";

/** Who has a partition by a share of it. */
export type Seat = { readonly server: LaneServer; readonly share: Share };

/** Who serves which partition: the owner of its share, else whoever serves all and began first. */
export type Ownership = {
  laneOf(target: Ref): QueueLane;
  serverOf(target: Ref): LaneServer | undefined;
  /** The owner of the share alone. */
  seatOf(target: Ref): Seat | undefined;
  /** Gives back what ends it. */
  takeAll(server: LaneServer): () => void;
  /** Gives back what ends it. Throws `outdated_epoch` and `other_partitions`. */
  takeShare(server: LaneServer, share: Share): () => void;
};

export function createOwnership(lanes: readonly QueueLane[]): Ownership {
  const all: LaneServer[] = [];
  const seats = new Map<number, Seat>();
  const seen = new Map<number, number>();

  const partition = (target: Ref): number => (lanes.length === 1 ? 0 : partitionOf(target, lanes.length));
  const laneAt = (index: number): QueueLane => {
    const lane = lanes[index];
    if (lane === undefined) {
      throw new PartitionsError(`there is no partition ${index}: the lanes have ${lanes.length}`, {
        partition: index,
        partitions: lanes.length,
      });
    }
    return lane;
  };
  const ownerOf = (index: number): LaneServer | undefined => seats.get(index)?.server ?? all[0];

  /** The former owner keeps nothing of these; `change` is done before what it did not deliver is handed to whoever owns it then. */
  const handOver = (indexes: readonly number[], former: LaneServer | undefined, change: () => void): void => {
    for (const index of indexes) laneAt(index).detach();
    change();
    former?.dispatcher.close();
    for (const index of indexes) {
      const next = ownerOf(index);
      if (next !== undefined) laneAt(index).attach(next);
    }
  };
  const notSeated = (): readonly number[] => [...lanes.keys()].filter((index) => !seats.has(index));

  return {
    laneOf: (target) => laneAt(partition(target)),
    serverOf: (target) => ownerOf(partition(target)),
    seatOf: (target) => seats.get(partition(target)),
    takeAll(server) {
      all.push(server);
      if (all[0] === server) for (const index of notSeated()) laneAt(index).attach(server);
      return () => {
        const place = all.indexOf(server);
        if (place > 0) all.splice(place, 1);
        if (place === 0) handOver(notSeated(), server, () => all.shift());
      };
    },
    takeShare(server, share) {
      const { partition: index, epoch } = share;
      laneAt(index);
      const highest = seen.get(index) ?? 0;
      if (epoch <= highest) throw new OutdatedEpochError(index, epoch, highest);
      const former = seats.get(index);
      const seat: Seat = { server, share };
      handOver([index], former?.server, () => {
        seats.set(index, seat);
        seen.set(index, epoch);
      });
      if (former?.share.onLost !== undefined) queueMicrotask(former.share.onLost);
      return () => {
        if (seats.get(index) === seat) handOver([index], server, () => seats.delete(index));
      };
    },
  };
}
