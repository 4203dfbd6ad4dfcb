import { beforeEach, describe, expect, test } from "vitest";
import { ref } from "@aethyr/kernel";
import { at, datedWorldOfEachTest } from "./dated-world.ts";
import type { Reach } from "./reach.ts";

const hall = ref("room", "hall");

/** What holds of the difference between two moments, whichever way it is asked for. */
export function diffSuite(name: string, reach: Reach): void {
  describe(`${name}: what differs between two moments`, () => {
    const { small, send } = datedWorldOfEachTest(reach);

    beforeEach(async () => {
      await send("CreateRoom", hall, { name: "The hall" }, { actor: "ann", correlation: "story", causation: "a whim" });
      await send("UpdateRoomDescription", hall, { description: "Draughty." });
      await send("AddRoomExit", hall, { direction: "up", targetRoomId: null });
      await send("UpdateRoomDescription", hall, { description: "Warm." });
      await send("UpdateGameObjectAttribute", hall, { key: "a.b", value: [1, { x: null }] });
    });

    test("[G9] is told field by field, with the versions that changed it and who did what and why", async () => {
      const diff = await small.operations.diffAggregate(hall, 1, 4);
      expect(diff).toMatchObject({
        ref: hall,
        from: 1,
        to: 4,
        changes: [
          { path: "/context/description", before: "", after: "Warm.", by: [2, 4] },
          { path: "/context/exits/up", after: { targetRoomId: null }, by: [3] },
        ],
      });
      expect(diff?.changes[1]).not.toHaveProperty("before");
      expect(diff?.events.map(({ version, type }) => [version, type])).toEqual([
        [2, "RoomDescriptionUpdated"],
        [3, "RoomExitAdded"],
        [4, "RoomDescriptionUpdated"],
      ]);
      expect(diff?.events[0]).not.toHaveProperty("data");
    });

    test("[G9] before the first event there was nothing but the chart's beginning", async () => {
      const diff = await small.operations.diffAggregate(hall, 0, at(1));
      expect(diff).toMatchObject({ from: 0, to: 1, events: [{ meta: { actor: "ann", correlation: "story", causation: "a whim" } }] });
      expect(diff?.changes).toEqual([
        { path: "/context/name", before: "", after: "The hall", by: [1] },
        { path: "/states", before: "absent", after: "existing", by: [1] },
      ]);
    });

    test("[G9] the later moment is now", async () => {
      await send("DeleteGameObject", hall, {});
      expect((await small.operations.diffAggregate(hall, at(4)))?.changes).toEqual([
        { path: "/context/attributes/a.b", after: [1, { x: null }], by: [5] },
        { path: "/states", before: "existing", after: "deleted", by: [6] },
        { path: "/status", before: "active", after: "ended", by: [6] },
      ]);
    });

    test("[G9] what was changed and changed back is no difference, and its events are told", async () => {
      await send("UpdateRoomDescription", hall, { description: "Draughty." });
      const diff = await small.operations.diffAggregate(hall, 2, 6);
      expect(diff?.changes.map(({ path }) => path)).not.toContain("/context/description");
      expect(diff?.events).toHaveLength(4);
      expect(await small.operations.diffAggregate(hall, 3, 3)).toMatchObject({ changes: [], events: [] });
    });

    test("[G11] where there is no such version there is no answer, and the wrong order is no question", async () => {
      expect(await small.operations.diffAggregate(hall, 1, 99)).toBeUndefined();
      expect(await small.operations.diffAggregate(ref("room", "nowhere"), 0)).toBeUndefined();
      expect(await small.operations.diffAggregate(ref("dragon", "smaug"), 0)).toBeUndefined();
      await expect(small.operations.diffAggregate(hall, 3, 1)).rejects.toMatchObject({ code: "invalid_request" });
      await expect(small.operations.diffAggregate(hall, -1)).rejects.toMatchObject({ code: "invalid_request" });
      await expect(small.operations.diffAggregate(hall, "soon")).rejects.toMatchObject({ code: "invalid_request" });
    });
  });
}
