import { describe, expect, test } from "vitest";
import type { ReadModelDatabase } from "@aethyr/projections";
import { collected } from "./collected.ts";
import { hallsWorldOfEachTest } from "./halls.ts";
import type { Reach } from "./reach.ts";
import { createRoom, describe as describeRoom } from "./small-world.ts";

/** What holds of read models whose handler fails, whichever way they are reached. */
export function parkedSuite(name: string, reach: Reach, openDatabase: () => Promise<ReadModelDatabase>): void {
  describe(`${name}: read models that fail`, () => {
    const small = hallsWorldOfEachTest(reach, openDatabase);

    test("[G8] a handler that fails pauses its read model, which is listed; resumed it fails again, and skipped it goes on without the event", async () => {
      small.unbearable = "Bad.";
      await small.send(createRoom("hall"), describeRoom("hall", "Bad."), describeRoom("hall", "Good."));
      const paused = await small.listed(({ copies }) => copies[0]?.failure != null);
      expect(paused.copies[0]?.failure).toMatchObject({ code: "projection_failed", event: "RoomDescriptionUpdated", stream: "room/hall" });
      expect(paused.copies[0]?.failure?.message).toContain("I cannot bear it");
      await small.operations.readModels.resume("halls");
      await small.listed(({ copies }) => copies[0]?.failure != null);
      await expect(collected(small.operations.readModels.rebuild("halls"))).rejects.toMatchObject({
        code: "projection_state",
        message: expect.stringContaining("I cannot bear it") as string,
      });
      const skipped = await small.operations.readModels.skip("halls", "nobody can");
      expect(skipped).toMatchObject({ schema: "halls_v1", kind: "skipped", stream: "room/hall", version: 2, reason: "nobody can" });
      await small.level();
      expect(await small.operations.readModels.parked("halls")).toEqual([skipped]);
      expect((await small.operations.readModels.query("select description, changes from halls")).rows).toEqual([
        { description: "Good.", changes: 1 },
      ]);
      await expect(small.operations.readModels.skip("halls", "again")).rejects.toMatchObject({ code: "projection_state" });
    });

    test("[A12] a read model that is paused is made anew with a handler that was mended, and put in its place", async () => {
      small.unbearable = "Bad.";
      await small.send(createRoom("hall"), describeRoom("hall", "Bad."), describeRoom("hall", "Good."));
      await small.listed(({ copies }) => copies[0]?.failure != null);
      small.unbearable = undefined;
      expect(await small.rebuild()).toMatchObject({ schema: "halls_v1_b2", comparison: null, switched: true, before: "halls_v1" });
      expect((await small.operations.readModels.query("select description, changes from halls")).rows).toEqual([
        { description: "Good.", changes: 2 },
      ]);
    });

    test("[G8] parked events are listed, and tried again when somebody says so", async () => {
      await small.restart("park");
      small.unbearable = "Bad.";
      await small.send(createRoom("hall"), describeRoom("hall", "Bad."), describeRoom("hall", "Good."), createRoom("yard"));
      await small.level();
      expect((await small.operations.readModels.parked()).map(({ kind, version, stream }) => [kind, version, stream])).toEqual([
        ["parked", 2, "room/hall"],
        ["parked", 3, "room/hall"],
      ]);
      expect(await small.operations.readModels.retry("halls")).toMatchObject([
        { stream: "room/hall", events: 0, failure: { code: "projection_failed" } },
      ]);
      small.unbearable = undefined;
      expect(await small.operations.readModels.retry("halls", { stream: "room/yard" })).toEqual([]);
      expect(await small.operations.readModels.retry("halls", { stream: "room/hall", schema: "halls_v1" })).toEqual([
        { stream: "room/hall", events: 2, failure: null },
      ]);
      expect(await small.operations.readModels.parked()).toEqual([]);
      expect((await small.operations.readModels.query("select changes from halls where id = 'hall'")).rows).toEqual([{ changes: 2 }]);
    });
  });
}
