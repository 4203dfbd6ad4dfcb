import { createMemoryEventStore } from "@aethyr/event-store";
import { expect, test } from "vitest";
import { checkStore } from "../history/check-store.ts";
import { generatedWorld } from "./generated-world.ts";
import { importWorld } from "./imported-world.ts";

test("the made-up world is taken by the game world whole, and is as large as the stock world, more or less", async () => {
  const store = createMemoryEventStore();
  const { accepted } = await importWorld(store, generatedWorld(), { relay: false });
  await expect(checkStore(store, accepted)).resolves.toMatch(/nothing lost/);
  const { aggregate_types, event_count } = await store.statistics();
  expect(aggregate_types).toEqual({ room: 1_900, "game-object": 3_500 });
  expect(event_count).toBeGreaterThan(9_000);
});
