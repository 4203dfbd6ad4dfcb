import { describe, expect, test } from "vitest";
import { ref } from "@aethyr/kernel";
import { smallWorldOfEachTest, type Reach } from "./reach.ts";
import { command, createRoom, createThing } from "./small-world.ts";

const hall = ref("room", "hall");

/** What holds of the world as a whole, whichever way it is asked. */
export function wholeWorldSuite(name: string, reach: Reach): void {
  describe(`${name}: the world`, () => {
    const small = smallWorldOfEachTest(reach);

    test("[A21] statistics count what is in the world, and go on from where they were", async () => {
      await small.operations.sendCommands([
        createRoom("hall"),
        createRoom("yard"),
        createThing("s1", "sword"),
        createThing("s2", "sword"),
        createThing("p", "pebble"),
      ]);
      const way = (direction: string) => command("AddRoomExit", hall, { direction, targetRoomId: "yard" });
      await small.operations.sendCommands([way("north"), way("south")]);
      expect(await small.operations.worldStats()).toMatchObject({
        rooms: 2,
        exits: 2,
        players: 0,
        game_objects: { pebble: 1, sword: 2 },
        event_count: 7,
        aggregate_count: 5,
      });
      await small.operations.sendCommands([
        command("RemoveRoomExit", hall, { direction: "north" }),
        command("DeleteGameObject", ref("game-object", "s1"), {}),
        command("DeleteGameObject", ref("game-object", "p"), {}),
      ]);
      const stats = await small.operations.worldStats();
      expect(stats).toMatchObject({
        rooms: 2,
        exits: 1,
        game_objects: { sword: 1 },
        event_count: 10,
        head: await small.world.store.head(),
      });
      await small.operations.sendCommands([command("DeleteGameObject", hall, {})]);
      expect(await small.operations.worldStats()).toMatchObject({
        rooms: 1,
        exits: 0,
        aggregate_types: { room: 2, "game-object": 3 },
        event_types: { RoomCreated: 2 },
      });
    });

    test("[A3] metrics move with what happens", async () => {
      await small.operations.sendCommands([createRoom("hall")]);
      const text = await small.operations.metrics();
      expect(text).toMatch(/aethyr_events_committed_total\{aggregate_type="room"\} 1/);
      expect(text).toContain("aethyr_event_commit_latency_seconds_bucket");
      expect(text).toContain("# TYPE aethyr_snapshot_operations_total counter");
      await small.operations.sendCommands([createRoom("yard")]);
      expect(await small.operations.metrics()).toMatch(/aethyr_events_committed_total\{aggregate_type="room"\} 2/);
    });

    test("closed operations refuse every question with `closed`", async () => {
      await small.operations.close();
      await small.operations.close();
      await expect(small.operations.worldStats()).rejects.toMatchObject({ code: "closed" });
      await expect(small.operations.sendCommands([createRoom("hall")])).rejects.toMatchObject({ code: "closed" });
    });
  });
}
