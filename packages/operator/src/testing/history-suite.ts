import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pathOf, ref, type Json, type Ref } from "@aethyr/kernel";
import type { Holding, Period } from "../history/custody.ts";
import type { Operations } from "../operations.ts";
import { collected, type Opened } from "./operations-suite.ts";
import { command, createRoom, describe as describeRoom, startSmallWorld, type SmallWorld } from "./small-world.ts";

const dayMs = 86_400_000;
const hall = ref("room", "hall");
const sword = ref("game-object", "sword");
const at = (day: number): string => new Date(Date.UTC(2026, 0, day)).toISOString();

/** What holds of looking back, whichever way the operations reach their world. The n-th command is sent on the n-th of January. */
export function historySuite(name: string, open: (world: SmallWorld) => Promise<Opened>): void {
  describe(`${name}: the past`, () => {
    let world: SmallWorld;
    let opened: Opened;
    let operations: Operations;
    let nowMs: number;
    beforeEach(async () => {
      nowMs = Date.UTC(2025, 11, 31);
      world = await startSmallWorld({ now: () => nowMs });
      opened = await open(world);
      ({ operations } = opened);
    });
    afterEach(async () => {
      await operations.close();
      await opened.close();
      await world[Symbol.asyncDispose]();
    });

    async function send(type: string, target: Ref, data: Json, meta: object = {}): Promise<void> {
      nowMs += dayMs;
      const [reply] = await operations.sendCommands([
        { ...command(type, target, data, `${type}-${new Date(nowMs).getUTCDate()}`), ...meta },
      ]);
      expect(reply).toMatchObject({ code: "accepted" });
    }
    const make = async (the: Ref, data: Json = {}) => send("CreateGameObject", the, { name: `the ${the.id}`, ...(data as object) });
    const moveTo = async (containerId: string | null) => send("UpdateGameObjectContainer", sword, { containerId });

    describe("an aggregate at a time", () => {
      beforeEach(async () => {
        for (const each of [createRoom("hall"), describeRoom("hall", "Draughty."), describeRoom("hall", "Warm.")]) {
          await send(each.type, each.target, each.data);
        }
      });
      const descriptionAt = async (time: string) =>
        (await operations.showAggregate(hall, time))?.context as { readonly description: string } | undefined;

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
          expect([time, (await operations.showAggregate(hall, time))?.version]).toEqual([time, version]);
        }
        expect(await descriptionAt(at(2))).toMatchObject({ description: "Draughty." });
      });

      test("[G9] before its first event it is not there", async () => {
        expect(await operations.showAggregate(hall, "2025-12-31T23:59:59.999Z")).toBeUndefined();
        expect(await operations.showAggregate(ref("room", "nowhere"), at(3))).toBeUndefined();
      });

      test("[G9] of events of one moment, all of them count", async () => {
        await operations.sendCommands(["4", "5", "6"].map((text) => describeRoom("hall", text)));
        expect(await operations.showAggregate(hall, at(3))).toMatchObject({ version: 6, context: { description: "6" } });
      });

      test("[G9] is found in long histories, whatever the number of their events", async () => {
        for (let day = 4; day <= 20; day += 1) await send("UpdateRoomDescription", hall, { description: `day ${day}` });
        for (let day = 4; day <= 20; day += 1) expect(await operations.showAggregate(hall, at(day))).toMatchObject({ version: day });
      });

      test.each(["yesterday", "2026-01-01", "2026-13-01T00:00:00Z", "", "1e3"])("[G11] %j is no time", async (time) => {
        await expect(operations.showAggregate(hall, time)).rejects.toMatchObject({ code: "invalid_request" });
      });
    });

    describe("all aggregates", () => {
      test("[G9] that exist are told by path, and those that were deleted are not", async () => {
        await send("CreateRoom", hall, { name: "The hall" });
        await make(sword, { containerId: "room/hall" });
        await make(ref("game-object", "gone"));
        await send("DeleteGameObject", ref("game-object", "gone"), {});
        const all = await collected(operations.allAggregates());
        expect(all.map(({ ref: the, version }) => [pathOf(the), version])).toEqual([
          ["game-object/sword", 1],
          ["room/hall", 1],
        ]);
        expect(all[1]).toEqual(await operations.showAggregate(hall));
      });

      test("[G9] are as they were at one moment, whatever happens while they are read", async () => {
        for (let index = 0; index < 30; index += 1) await operations.sendCommands([createRoom(`room-${String(index).padStart(2, "0")}`)]);
        const descriptions: unknown[] = [];
        for await (const { ref: the, context } of operations.allAggregates()) {
          if (descriptions.length === 0) {
            // Those that are not read yet change, and there is one more.
            await operations.sendCommands([createRoom("zoo"), ...["room-25", "room-29"].map((id) => describeRoom(id, "Later."))]);
          }
          descriptions.push([the.id, (context as { readonly description: string }).description]);
        }
        expect(descriptions).toHaveLength(30);
        expect(descriptions.at(-1)).toEqual(["room-29", ""]);
      });

      test("[G11] of a type that nobody knows are an error, and no shorter list", async () => {
        const meta = { command: "x", actor: null, correlation: "x", causation: null };
        const event = { id: "x/0", type: "Born", schema: 1, machine: 1, time: at(1), data: {}, meta };
        await world.store.append([{ writes: [{ stream: ref("dragon", "smaug"), expected: "no-stream", events: [event] }] }]);
        await expect(collected(operations.allAggregates())).rejects.toMatchObject({ code: "invalid_request" });
      });

      test("[G12] end with their signal, and when the operations close", async () => {
        await operations.sendCommands([createRoom("hall"), createRoom("yard")]);
        await expect(collected(operations.allAggregates({ signal: AbortSignal.abort(new Error("enough")) }))).rejects.toThrow("enough");
        await operations.close();
        await expect(collected(operations.allAggregates())).rejects.toMatchObject({ code: "closed" });
      });
    });

    describe("what differs between two moments", () => {
      beforeEach(async () => {
        await send("CreateRoom", hall, { name: "The hall" }, { actor: "ann", correlation: "story", causation: "a whim" });
        await send("UpdateRoomDescription", hall, { description: "Draughty." });
        await send("AddRoomExit", hall, { direction: "up", targetRoomId: null });
        await send("UpdateRoomDescription", hall, { description: "Warm." });
        await send("UpdateGameObjectAttribute", hall, { key: "a.b", value: [1, { x: null }] });
      });

      test("[G9] is told field by field, with the versions that changed it and who did what and why", async () => {
        const diff = await operations.diffAggregate(hall, 1, 4);
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
        const diff = await operations.diffAggregate(hall, 0, at(1));
        expect(diff).toMatchObject({ from: 0, to: 1, events: [{ meta: { actor: "ann", correlation: "story", causation: "a whim" } }] });
        expect(diff?.changes).toEqual([
          { path: "/context/name", before: "", after: "The hall", by: [1] },
          { path: "/states", before: "absent", after: "existing", by: [1] },
        ]);
      });

      test("[G9] the later moment is now", async () => {
        await send("DeleteGameObject", hall, {});
        expect((await operations.diffAggregate(hall, at(4)))?.changes).toEqual([
          { path: "/context/attributes/a.b", after: [1, { x: null }], by: [5] },
          { path: "/states", before: "existing", after: "deleted", by: [6] },
          { path: "/status", before: "active", after: "ended", by: [6] },
        ]);
      });

      test("[G9] what was changed and changed back is no difference, and its events are told", async () => {
        await send("UpdateRoomDescription", hall, { description: "Draughty." });
        const diff = await operations.diffAggregate(hall, 2, 6);
        expect(diff?.changes.map(({ path }) => path)).not.toContain("/context/description");
        expect(diff?.events).toHaveLength(4);
        expect(await operations.diffAggregate(hall, 3, 3)).toMatchObject({ changes: [], events: [] });
      });

      test("[G11] where there is no such version there is no answer, and the wrong order is no question", async () => {
        expect(await operations.diffAggregate(hall, 1, 99)).toBeUndefined();
        expect(await operations.diffAggregate(ref("room", "nowhere"), 0)).toBeUndefined();
        expect(await operations.diffAggregate(ref("dragon", "smaug"), 0)).toBeUndefined();
        await expect(operations.diffAggregate(hall, 3, 1)).rejects.toMatchObject({ code: "invalid_request" });
        await expect(operations.diffAggregate(hall, -1)).rejects.toMatchObject({ code: "invalid_request" });
        await expect(operations.diffAggregate(hall, "soon")).rejects.toMatchObject({ code: "invalid_request" });
      });
    });

    describe("who had a thing", () => {
      const period = ({ from, to }: Period) => `${from.meta.command} – ${to?.meta.command ?? "now"}`;
      const told = (holdings: readonly Holding[]) =>
        holdings.map(({ holder, worn, ...time }) =>
          [holder === null ? "nowhere" : pathOf(holder), period(time), ...worn.map((each) => `${each.slot} ${period(each)}`)].join(", "),
        );
      const holdingsOf = async (the: Ref) => told((await operations.custody(the))?.holdings ?? []);
      const ann = ref("game-object", "ann");
      const bob = ref("game-object", "bob");
      const wear = async (who: Ref, type = "EquipItem", slot = "wield") => send(type, who, { itemId: "sword", slot });

      beforeEach(async () => {
        await send("CreateRoom", hall, { name: "The hall" });
        await make(ann, { containerId: "room/hall" });
        await make(bob);
      });

      test("[G8] is told holder by holder, with what it was worn as meanwhile, by which command, actor and cause", async () => {
        await make(sword, { containerId: "room/hall" });
        await send("UpdateGameObjectContainer", sword, { containerId: "game-object/ann" }, { actor: "ann", causation: "greed" });
        await wear(ann);
        await wear(ann, "UnequipItem");
        await wear(ann, "EquipItem", "hold");
        await wear(ann, "UnequipItem", "hold");
        await moveTo("game-object/bob");
        await wear(bob);
        expect(await holdingsOf(sword)).toEqual([
          "room/hall, CreateGameObject-4 – UpdateGameObjectContainer-5",
          "game-object/ann, UpdateGameObjectContainer-5 – UpdateGameObjectContainer-10, wield EquipItem-6 – UnequipItem-7, hold EquipItem-8 – UnequipItem-9",
          "game-object/bob, UpdateGameObjectContainer-10 – now, wield EquipItem-11 – now",
        ]);
        const custody = await operations.custody(sword);
        expect(custody).toMatchObject({ ref: sword, ended: false });
        expect(custody?.holdings[1]?.from).toMatchObject({ time: at(5), version: 2, meta: { actor: "ann", causation: "greed" } });
        expect(custody?.holdings[1]?.worn[0]?.from).toMatchObject({ stream: ann, type: "ItemEquipped", time: at(6) });
      });

      test("[G8] of a holder who had it twice, each time has what was worn then", async () => {
        await make(sword, { containerId: "game-object/ann" });
        await wear(ann);
        await wear(ann, "UnequipItem");
        await moveTo(null);
        await moveTo("game-object/ann");
        await wear(ann);
        expect(await holdingsOf(sword)).toEqual([
          "game-object/ann, CreateGameObject-4 – UpdateGameObjectContainer-7, wield EquipItem-5 – UnequipItem-6",
          "nowhere, UpdateGameObjectContainer-7 – UpdateGameObjectContainer-8",
          "game-object/ann, UpdateGameObjectContainer-8 – now, wield EquipItem-9 – now",
        ]);
      });

      test("[G8] a thing that is deleted while it is worn, or drops from a holder who is deleted, is held and worn no longer", async () => {
        await make(sword, { containerId: "game-object/ann" });
        await wear(ann);
        await send("DeleteGameObject", ann, { contents: "drop" });
        await moveTo("game-object/bob");
        await wear(bob);
        await send("DeleteGameObject", sword, {});
        expect(await holdingsOf(sword)).toEqual([
          "game-object/ann, CreateGameObject-4 – DeleteGameObject-6, wield EquipItem-5 – DeleteGameObject-6",
          "room/hall, DeleteGameObject-6 – UpdateGameObjectContainer-7",
          "game-object/bob, UpdateGameObjectContainer-7 – DeleteGameObject-9, wield EquipItem-8 – DeleteGameObject-9",
        ]);
        expect(await operations.custody(sword)).toMatchObject({ ended: true });
      });

      test("[G8] what a holder did before and after, and with other things, is no part of it", async () => {
        for (const other of ["one", "two"]) await make(ref("game-object", other), { containerId: "game-object/ann" });
        await make(sword);
        const busy = Array.from({ length: 700 }, (_, index) =>
          command("UpdateGameObjectAttribute", ann, { key: "mood", value: index }, `mood-${index}`),
        );
        await operations.sendCommands(busy);
        await send("EquipItem", ann, { itemId: "one", slot: "wield" });
        await moveTo("game-object/ann");
        await send("EquipItem", ann, { itemId: "two", slot: "hold" });
        await operations.sendCommands(busy.map((each) => ({ ...each, id: `again-${each.id}`, data: { key: "mood", value: each.id } })));
        await wear(ann, "EquipItem", "light");
        expect((await holdingsOf(sword)).at(-1)).toBe("game-object/ann, UpdateGameObjectContainer-8 – now, light EquipItem-10 – now");
      });

      test("[G8] a name that a room, and one that a worn thing has too, is not taken for the thing", async () => {
        await send("CreateRoom", ref("room", "sword"), { name: "Sword Street" });
        expect(await operations.custody(ref("room", "sword"))).toBeUndefined();
        expect(await operations.custody(ref("game-object", "nowhere"))).toBeUndefined();
        expect(await operations.custody(ref("dragon", "smaug"))).toBeUndefined();
      });
    });
  });
}
