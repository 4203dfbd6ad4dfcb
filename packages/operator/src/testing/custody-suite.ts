import { beforeEach, describe, expect, test } from "vitest";
import { pathOf, ref, type Ref } from "@aethyr/kernel";
import type { Holding, Period } from "../history/custody.ts";
import { at, datedWorldOfEachTest } from "./dated-world.ts";
import type { Reach } from "./reach.ts";
import { command } from "./small-world.ts";

const hall = ref("room", "hall");
const sword = ref("game-object", "sword");

/** What holds of who had a thing when, whichever way it is asked for. */
export function custodySuite(name: string, reach: Reach): void {
  describe(`${name}: who had a thing`, () => {
    const { small, send, make } = datedWorldOfEachTest(reach);
    const moveTo = async (containerId: string | null) => send("UpdateGameObjectContainer", sword, { containerId });

    const period = ({ from, to }: Period) => `${from.meta.command} – ${to?.meta.command ?? "now"}`;
    const told = (holdings: readonly Holding[]) =>
      holdings.map(({ holder, worn, ...time }) =>
        [holder === null ? "nowhere" : pathOf(holder), period(time), ...worn.map((each) => `${each.slot} ${period(each)}`)].join(", "),
      );
    const holdingsOf = async (the: Ref) => told((await small.operations.custody(the))?.holdings ?? []);
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
      const custody = await small.operations.custody(sword);
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
      expect(await small.operations.custody(sword)).toMatchObject({ ended: true });
    });

    test("[G8] what a holder did before and after, and with other things, is no part of it", async () => {
      for (const other of ["one", "two"]) await make(ref("game-object", other), { containerId: "game-object/ann" });
      await make(sword);
      const busy = Array.from({ length: 700 }, (_, index) =>
        command("UpdateGameObjectAttribute", ann, { key: "mood", value: index }, `mood-${index}`),
      );
      await small.operations.sendCommands(busy);
      await send("EquipItem", ann, { itemId: "one", slot: "wield" });
      await moveTo("game-object/ann");
      await send("EquipItem", ann, { itemId: "two", slot: "hold" });
      await small.operations.sendCommands(busy.map((each) => ({ ...each, id: `again-${each.id}`, data: { key: "mood", value: each.id } })));
      await wear(ann, "EquipItem", "light");
      expect((await holdingsOf(sword)).at(-1)).toBe("game-object/ann, UpdateGameObjectContainer-8 – now, light EquipItem-10 – now");
    });

    test("[G8] a name that a room, and one that a worn thing has too, is not taken for the thing", async () => {
      await send("CreateRoom", ref("room", "sword"), { name: "Sword Street" });
      expect(await small.operations.custody(ref("room", "sword"))).toBeUndefined();
      expect(await small.operations.custody(ref("game-object", "nowhere"))).toBeUndefined();
      expect(await small.operations.custody(ref("dragon", "smaug"))).toBeUndefined();
    });
  });
}
