import { beforeEach, describe, expect, test } from "vitest";
import { pathOf, ref } from "@aethyr/kernel";
import { collected } from "./collected.ts";
import { at, datedWorldOfEachTest } from "./dated-world.ts";
import type { Reach } from "./reach.ts";
import { createRoom, describe as describeRoom } from "./small-world.ts";

const hall = ref("room", "hall");
const sword = ref("game-object", "sword");

/** What holds of looking back at one moment, whichever way it is asked for. */
export function momentsSuite(name: string, reach: Reach): void {
  describe(`${name}: the past`, () => {
    const { small, send, make } = datedWorldOfEachTest(reach);

    describe("an aggregate at a time", () => {
      beforeEach(async () => {
        for (const each of [createRoom("hall"), describeRoom("hall", "Draughty."), describeRoom("hall", "Warm.")]) {
          await send(each.type, each.target, each.data);
        }
      });
      const descriptionAt = async (time: string) =>
        (await small.operations.showAggregate(hall, time))?.context as { readonly description: string } | undefined;

      test("[G9] is what the last event until then had made of it, that of the very moment included", async () => {
        for (const [time, version] of [
          [at(1), 1],
          ["2026-01-01T23:59:59.999Z", 1],
          [at(2), 2],
          ["2026-01-02T02:00:00+02:00", 2],
          ["2026-01-02T01:00:00+02:00", 1],
          [at(3), 3],
          ["2099-01-01T00:00Z", 3],
        ] as const) {
          expect([time, (await small.operations.showAggregate(hall, time))?.version]).toEqual([time, version]);
        }
        expect(await descriptionAt(at(2))).toMatchObject({ description: "Draughty." });
      });

      test("[G9] before its first event it is not there", async () => {
        expect(await small.operations.showAggregate(hall, "2025-12-31T23:59:59.999Z")).toBeUndefined();
        expect(await small.operations.showAggregate(ref("room", "nowhere"), at(3))).toBeUndefined();
      });

      test("[G9] of events of one moment, all of them count", async () => {
        await small.operations.sendCommands(["4", "5", "6"].map((text) => describeRoom("hall", text)));
        expect(await small.operations.showAggregate(hall, at(3))).toMatchObject({ version: 6, context: { description: "6" } });
      });

      test("[G9] is found in long histories, whatever the number of their events", async () => {
        for (let day = 4; day <= 20; day += 1) await send("UpdateRoomDescription", hall, { description: `day ${day}` });
        for (let day = 4; day <= 20; day += 1) expect(await small.operations.showAggregate(hall, at(day))).toMatchObject({ version: day });
      });

      test.each(["yesterday", "2026-01-01", "2026-13-01T00:00:00Z", "", "1e3"])("[G11] %j is no time", async (time) => {
        await expect(small.operations.showAggregate(hall, time)).rejects.toMatchObject({ code: "invalid_request" });
      });
    });

    describe("all aggregates", () => {
      test("[G9] that exist are told by path, and those that were deleted are not", async () => {
        await send("CreateRoom", hall, { name: "The hall" });
        await make(sword, { containerId: "room/hall" });
        await make(ref("game-object", "gone"));
        await send("DeleteGameObject", ref("game-object", "gone"), {});
        const all = await collected(small.operations.allAggregates());
        expect(all.map(({ ref: the, version }) => [pathOf(the), version])).toEqual([
          ["game-object/sword", 1],
          ["room/hall", 1],
        ]);
        expect(all[1]).toEqual(await small.operations.showAggregate(hall));
      });

      test("[G9] are as they were at one moment, whatever happens while they are read", async () => {
        for (let index = 0; index < 30; index += 1)
          await small.operations.sendCommands([createRoom(`room-${String(index).padStart(2, "0")}`)]);
        const descriptions: unknown[] = [];
        for await (const { ref: the, context } of small.operations.allAggregates()) {
          if (descriptions.length === 0) {
            // Those that are not read yet change, and there is one more.
            await small.operations.sendCommands([createRoom("zoo"), ...["room-25", "room-29"].map((id) => describeRoom(id, "Later."))]);
          }
          descriptions.push([the.id, (context as { readonly description: string }).description]);
        }
        expect(descriptions).toHaveLength(30);
        expect(descriptions.at(-1)).toEqual(["room-29", ""]);
      });

      test("[G11] of a type that nobody knows are an error, and no shorter list", async () => {
        const meta = { command: "x", actor: null, correlation: "x", causation: null };
        const event = { id: "x/0", type: "Born", schema: 1, machine: 1, time: at(1), data: {}, meta };
        await small.world.store.append([{ writes: [{ stream: ref("dragon", "smaug"), expected: "no-stream", events: [event] }] }]);
        await expect(collected(small.operations.allAggregates())).rejects.toMatchObject({ code: "invalid_request" });
      });

      test("[G12] end with their signal, and when the operations close", async () => {
        await small.operations.sendCommands([createRoom("hall"), createRoom("yard")]);
        await expect(collected(small.operations.allAggregates({ signal: AbortSignal.abort(new Error("enough")) }))).rejects.toThrow(
          "enough",
        );
        await small.operations.close();
        await expect(collected(small.operations.allAggregates())).rejects.toMatchObject({ code: "closed" });
      });
    });
  });
}
