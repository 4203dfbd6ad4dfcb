import { pathOf } from "@aethyr/kernel";
import type { Delivery } from "@aethyr/bus";

/** How a delivery came out: it is dealt with, or left, because the host could not do anything about it now. */
export type Taken = "done" | "left";

export type InOrder = {
  /** A command of the queue lane has come. */
  take(delivery: Delivery): void;
  /** Nothing is tried again any more: whatever is left is the lane's to hand out anew. */
  close(): void;
};

type Place = { readonly number: number; readonly delivery: Delivery };
/** Of one aggregate: what the host has, and what was left, with all that came after it. */
type Line = { underWay: number; left: Place[] };

/**
 * Keeps the order of the queue lane where a host cannot do anything about a command for a while, as when it is not sure for a moment that a
 * partition is its own, and goes on with the same share. A lane hands out anew only what a share that ended has left. So what was left stays in
 * front: nothing that came later for the same aggregate is dealt with before it, and it is tried again as long as the share lasts.
 */
export function createInOrder(submit: (delivery: Delivery) => Promise<Taken>, pauseMs = 100): InOrder {
  const lines = new Map<string, Line>();
  const timers = new Set<NodeJS.Timeout>();
  let next = 0;
  let closed = false;

  function begin(path: string, line: Line, place: Place): void {
    line.underWay += 1;
    void submit(place.delivery).then((taken) => {
      line.underWay -= 1;
      // Which of them were refused first says nothing: those that waited for their turn came earlier.
      if (taken === "left") line.left = [...line.left, place].sort((a, b) => a.number - b.number);
      if (line.underWay > 0) return;
      if (line.left.length === 0) lines.delete(path);
      else tryLater(path, line);
    });
  }

  function tryLater(path: string, line: Line): void {
    if (closed) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      for (const place of line.left.splice(0)) begin(path, line, place);
    }, pauseMs);
    timer.unref();
    timers.add(timer);
  }

  return {
    take(delivery) {
      next += 1;
      const path = pathOf(delivery.target);
      const line = lines.get(path) ?? { underWay: 0, left: [] };
      lines.set(path, line);
      const place = { number: next, delivery };
      if (line.left.length > 0) line.left.push(place);
      else begin(path, line, place);
    },
    close() {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
