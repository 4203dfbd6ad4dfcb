import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startTestWorld } from "@aethyr/client/testing";
import { createMemoryEventStore, type EventStore } from "@aethyr/event-store";
import { openSqliteEventStore } from "@aethyr/event-store/sqlite";
import { world } from "@aethyr/world";
import { expect, test } from "vitest";
import { startSmallGame } from "../testing/small-game.ts";

const lines = [
  "look",
  "get all",
  "i",
  "wear cap",
  "wield knife",
  "equipment",
  "unwield",
  "remove cap",
  "put cap in box",
  "look in box",
  "get cap from box",
  "give knife to bob",
  "sit",
  "north",
  "down",
  "stand",
  "pose is here and there",
  "look me",
  "down",
  "drop cap",
  "look",
  "up",
  "say done",
  "whereis",
  "score",
  "exits",
];

/** What Ann and Bob read while Ann plays through everything. */
async function played(store: EventStore): Promise<readonly string[]> {
  await using small = await startSmallGame({ world: await startTestWorld(world, { store }) });
  const make = (id: string, attributes: object) =>
    small.make("CreateGameObject", `game-object/${id}`, { name: `a ${id}`, generic: "object", containerId: "room/hall", attributes });
  await make("cap", { wearFlags: ["take", "head"] });
  await make("knife", { wearFlags: ["take", "wield"] });
  await make("box", { type: "container" });
  await small.settled();
  const ann = await small.arrive("Ann");
  const bob = await small.arrive("Bob");
  await ann.see("Bob arrives.\n> ");
  for (const line of lines) await ann.do(line);
  await bob.see('Ann says, "done"\n> ');
  return [ann.screen(), bob.screen()];
}

test("[A9] players see the same whether what happens is recorded for good or only in memory", async () => {
  const directory = mkdtempSync(join(tmpdir(), "aethyr-game-"));
  const kept = await openSqliteEventStore({ directory });
  try {
    const [onDisk, inMemory] = [await played(kept), await played(createMemoryEventStore())];
    expect(onDisk).toEqual(inMemory);
    expect(onDisk[0]).toContain("You put a cap into a box.");
    expect((await kept.statistics()).event_count).toBeGreaterThan(20);
  } finally {
    await kept.close();
    rmSync(directory, { recursive: true, force: true });
  }
});
