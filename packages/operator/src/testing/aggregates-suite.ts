import { describe, expect, test } from "vitest";
import { ref } from "@aethyr/kernel";
import { smallWorldOfEachTest, type Reach } from "./reach.ts";
import { command, createRoom, describe as describeRoom } from "./small-world.ts";

const hall = ref("room", "hall");

/** What holds of single aggregates, whichever way they are asked for. */
export function aggregatesSuite(name: string, reach: Reach): void {
  describe(`${name}: aggregates`, () => {
    const small = smallWorldOfEachTest(reach);

    test("[G9] an aggregate is shown as it is, and as it was at any version", async () => {
      await small.operations.sendCommands([createRoom("hall"), describeRoom("hall", "Draughty."), describeRoom("hall", "Warm.")]);
      const now = await small.operations.showAggregate(hall);
      expect(now).toMatchObject({
        ref: hall,
        version: 3,
        status: "active",
        states: "existing",
        context: { name: "The hall", description: "Warm." },
      });
      expect(now?.last).toMatchObject({ type: "RoomDescriptionUpdated", version: 3, meta: { actor: "tester" } });
      expect(now?.last).not.toHaveProperty("data");
      expect(await small.operations.showAggregate(hall, 2)).toMatchObject({
        version: 2,
        context: { description: "Draughty." },
        last: { version: 2 },
      });
    });

    test("an aggregate that was deleted is shown as ended", async () => {
      await small.operations.sendCommands([createRoom("hall"), command("DeleteGameObject", hall, {})]);
      expect(await small.operations.showAggregate(hall)).toMatchObject({ status: "ended", states: "deleted" });
    });

    test("an aggregate, a version or a type that there is not is undefined", async () => {
      await small.operations.sendCommands([createRoom("hall")]);
      expect(await small.operations.showAggregate(ref("room", "nowhere"))).toBeUndefined();
      expect(await small.operations.showAggregate(hall, 2)).toBeUndefined();
      expect(await small.operations.showAggregate(ref("dragon", "smaug"))).toBeUndefined();
    });

    test("[G11] a version below 1 is an invalid question", async () => {
      await expect(small.operations.showAggregate(hall, 0)).rejects.toMatchObject({ code: "invalid_request" });
      await expect(small.operations.history(hall, { from: 0 })).rejects.toMatchObject({ code: "invalid_request" });
      await expect(small.operations.history(hall, { limit: 0 })).rejects.toMatchObject({ code: "invalid_request" });
    });

    test("ids of full length can be asked for", async () => {
      const long = "x".repeat(128);
      await small.operations.sendCommands([createRoom(long)]);
      expect(await small.operations.showAggregate(ref("room", long))).toMatchObject({ version: 1 });
    });

    test("[G1] history comes in pages, forward and backward, as the log holds it", async () => {
      await small.operations.sendCommands([
        createRoom("hall"),
        describeRoom("hall", "1"),
        describeRoom("hall", "2"),
        describeRoom("hall", "3"),
      ]);
      const all = await small.operations.history(hall);
      expect(all.map(({ version }) => version)).toEqual([1, 2, 3, 4]);
      expect(all[3]).toMatchObject({ type: "RoomDescriptionUpdated", data: { description: "3" }, stream: hall });
      expect(all[0]).not.toHaveProperty("bytes");
      expect(await small.operations.history(hall, { from: 2, limit: 2 })).toEqual(all.slice(1, 3));
      expect((await small.operations.history(hall, { direction: "backward", limit: 2 })).map(({ version }) => version)).toEqual([4, 3]);
      expect(await small.operations.history(ref("room", "nowhere"))).toEqual([]);
    });

    test("actors in memory are listed, and one can be asked to leave", async () => {
      await small.operations.sendCommands([createRoom("hall"), createRoom("yard")]);
      const actors = await small.operations.actors();
      expect(actors.map((actor) => actor.ref.id).sort()).toEqual(["hall", "yard"]);
      expect(actors[0]).toMatchObject({ state: "ready", version: 1, mailbox: 0 });
      expect(await small.operations.passivate(hall)).toBe(true);
      expect(await small.operations.passivate(hall)).toBe(false);
      expect((await small.operations.actors()).map((actor) => actor.ref.id)).toEqual(["yard"]);
    });
  });
}
