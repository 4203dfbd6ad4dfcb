import type { Json } from "@aethyr/kernel";
import { given } from "@aethyr/kernel/testing";
import { describe, test } from "vitest";
import { gameObjectEvents, world } from "../index.ts";
import { after, hall, thingMade } from "../testing/histories.ts";

const { GameObjectAttributeUpdated, GameObjectContainerUpdated, GameObjectDeleted, ItemAddedToInventory, ItemRemovedFromInventory } =
  gameObjectEvents;
/** What the second number says. */
const [open, closed, locked, alwaysOpen] = [1, 5, 13, 0];
const values = (flags: number): Json => [20, flags, -1, 0];

/** Ann in the hall with a chest that has a ring in it; the chest says by itself how it stands, or its prototype does. */
const chest = (flags: number, from: "itself" | "its prototype" = "itself", containerId: string | null = "room/hall") =>
  after(hall, {
    "game-object/chest": [
      thingMade(containerId, from === "itself" ? { type: "container", values: values(flags) } : { prototype: "model" }),
      ItemAddedToInventory({ itemId: "ring" }),
    ],
    "game-object/model": [thingMade(null, { type: "container", values: values(flags) })],
    "game-object/ring": [thingMade("game-object/chest")],
  });
const setting = (state: "open" | "closed", history: ReturnType<typeof chest>, itemId = "chest") =>
  given(world, history).when("SetLid", "player/ann", { itemId, state });
const stands = (flags: number) => ({ "game-object/chest": [GameObjectAttributeUpdated({ key: "values", value: values(flags) })] });

describe("a container", () => {
  test("is opened and closed, on the floor and in one's hands, whoever says what it is", async () => {
    for (const from of ["itself", "its prototype"] as const) {
      await setting("open", chest(closed, from)).thenEvents(stands(open));
      await setting("closed", chest(open, from, "player/ann")).thenEvents(stands(closed));
    }
  });
  test("[D31] that is so already stays so; what is locked is closed", async () => {
    await setting("open", chest(open)).thenNothing();
    await setting("closed", chest(closed)).thenNothing();
    await setting("closed", chest(locked)).thenNothing();
    await setting("open", chest(alwaysOpen)).thenNothing();
  });
  test("does not open while it is locked, and does not close without a lid", async () => {
    await setting("open", chest(locked)).thenRejected("container_locked");
    await setting("closed", chest(alwaysOpen)).thenRejected("not_closeable");
  });
  test("is a container, is there, and is within reach", async () => {
    await setting("open", hall, "sword").thenRejected("not_a_container");
    await setting("open", hall, "nothing").thenRejected("item_not_found");
    await setting("open", after(chest(closed), { "game-object/chest": [GameObjectDeleted({})] })).thenRejected("item_not_found");
    for (const containerId of ["room/cellar", "player/bob", "game-object/bag", null])
      await setting("open", chest(closed, "itself", containerId)).thenRejected("out_of_reach");
  });
  test("keeps its other attributes, and has room for no more than they may take", async () => {
    const full = { prototype: "model", text: "x".repeat(16_345) };
    await setting("open", after(chest(closed), { "game-object/box": [thingMade("room/hall", full)] }), "box").thenRejected(
      "attributes_too_large",
    );
  });
});

describe("[D30] who takes or gives a thing from where they believe it to be", () => {
  const taking = (history: ReturnType<typeof chest>, from?: string) =>
    given(world, history).when("AddItemToInventory", "player/ann", { itemId: "ring", ...(from === undefined ? {} : { from }) });
  const putting = (history: ReturnType<typeof chest>, from?: string) =>
    given(world, history).when("UpdateGameObjectContainer", "game-object/sword", {
      containerId: "game-object/chest",
      ...(from === undefined ? {} : { from }),
    });
  const taken = {
    "game-object/ring": [GameObjectContainerUpdated({ containerId: "player/ann" })],
    "game-object/chest": [ItemRemovedFromInventory({ itemId: "ring" })],
    "player/ann": [ItemAddedToInventory({ itemId: "ring" })],
  };
  const put = {
    "game-object/sword": [GameObjectContainerUpdated({ containerId: "game-object/chest" })],
    "player/ann": [ItemRemovedFromInventory({ itemId: "sword" })],
    "game-object/chest": [ItemAddedToInventory({ itemId: "sword" })],
  };

  test("does so with an open container, and with no closed or locked one", async () => {
    for (const from of ["itself", "its prototype"] as const) {
      await taking(chest(open, from), "game-object/chest").thenEvents(taken);
      await putting(chest(open, from), "player/ann").thenEvents(put);
      for (const flags of [closed, locked]) {
        await taking(chest(flags, from), "game-object/chest").thenRejected("container_closed");
        await putting(chest(flags, from), "player/ann").thenRejected("container_closed");
      }
    }
  });
  test("is held to it; who does not say so, as builders and importers, is not", async () => {
    await taking(chest(closed)).thenEvents(taken);
    await putting(chest(closed)).thenEvents(put);
  });
});
