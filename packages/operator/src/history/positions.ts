import type { EventStore, StoredEvent } from "@aethyr/event-store";
import type { Ref } from "@aethyr/kernel";

/** Where an event stands in the whole log; one that is not in it yet comes after all that are. */
export const placed = ({ position }: Pick<StoredEvent, "position">): number => (position === 0 ? Number.POSITIVE_INFINITY : position);

/** The first version of a stream that stands after a position of the log, found by halving; one more than the newest if none does. */
export async function firstVersionAfter(store: Pick<EventStore, "heads" | "readStream">, ref: Ref, position: number): Promise<number> {
  const [head] = await store.heads([ref]);
  let least = 1;
  let most = (head?.version ?? 0) + 1;
  while (least < most) {
    const middle = Math.floor((least + most) / 2);
    const [event] = await store.readStream(ref, { from: middle, to: middle, limit: 1 });
    if (event !== undefined && placed(event) <= position) least = middle + 1;
    else most = middle;
  }
  return least;
}
