import fc from "fast-check";
import { expect, test } from "vitest";
import type { StoredEvent } from "@aethyr/event-store";
import { createWorld, made, moved } from "../contract/small-world.ts";
import { createOrder } from "./order.ts";

async function sixEvents(): Promise<readonly StoredEvent[]> {
  const world = createWorld();
  return world.happen([
    made("axe"),
    made("bag"),
    moved("axe", null),
    moved("bag", null),
    moved("axe", "room/hall"),
    moved("bag", "room/hall"),
  ]);
}

test("[G8] at every boundary: whatever was taken before is left out, and nothing after it", async () => {
  const events = await sixEvents();
  for (let checkpoint = 0; checkpoint <= events.length; checkpoint += 1) {
    const after = events[checkpoint - 1]?.position ?? 0;
    for (let from = 0; from <= checkpoint; from += 1) expect(createOrder(after).take(events.slice(from))).toEqual(events.slice(checkpoint));
  }
});

test("[G8] batches that overlap in any way are the log once", async () => {
  const events = await sixEvents();
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 3 }), { maxLength: 12 }), (steps) => {
      const order = createOrder(0);
      const taken: StoredEvent[] = [];
      let reached = 0;
      for (const step of steps) {
        const end = Math.min(events.length, reached + step);
        taken.push(...order.take(events.slice(Math.max(0, reached - 2), end)));
        reached = end;
      }
      expect(taken).toEqual(events.slice(0, reached));
    }),
  );
});

test("an event that is missing from a stream, or comes before its time, stops everything, wherever it is", async () => {
  const events = await sixEvents();
  for (let missing = 0; missing < 4; missing += 1) {
    const order = createOrder(0);
    expect(() => order.take(events.filter((_, index) => index !== missing))).toThrow(expect.objectContaining({ code: "event_gap" }));
  }
  const [one, two, three] = events;
  expect(() => createOrder(0).take([one!, three!, two!])).toThrow(/out of order/);
  expect(() => createOrder(0).take([one!, one!])).toThrow(/out of order/);
});
