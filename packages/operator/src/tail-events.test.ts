import { expect, test } from "vitest";
import { createRoom, startSmallWorld } from "./testing/small-world.ts";

test("[G7] a reader that falls behind what the feed keeps gets the rest from the store, none missing and none twice", async () => {
  await using world = await startSmallWorld({ feedEvents: 5 });
  await world.operations.sendCommands([createRoom("first")]);
  const seen: number[] = [];
  for await (const { position } of world.operations.tailEvents({ after: 0, follow: true })) {
    seen.push(position);
    // Far more than the feed keeps, while this reader is busy with its first, and with a later event.
    if (seen.length === 1 || seen.length === 41) {
      await world.operations.sendCommands(Array.from({ length: 40 }, (_, index) => createRoom(`r-${seen.length}-${index}`)));
      await expect.poll(() => world.bus.newest()).toBe(await world.store.head());
    }
    if (seen.length === 81) break;
  }
  expect(seen).toEqual((await world.store.readAll(0)).map(({ position }) => position));
});
