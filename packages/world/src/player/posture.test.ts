import { given } from "@aethyr/kernel/testing";
import { describe, expect, test } from "vitest";
import { gameObjectEvents, playerEvents, world } from "../index.ts";
import { after, hall, thingMade } from "../testing/histories.ts";

const { PlayerSatDown, PlayerPoseSet, GameObjectContainerUpdated } = playerEvents;
const satDown = (seatId: string | null = null) => ({ "player/ann": [PlayerSatDown({ seatId })] });
const inCellar = { "player/ann": [GameObjectContainerUpdated({ containerId: "room/cellar" })] };

describe("posture", () => {
  const sitting = (seatId: string | null, history = hall) => given(world, history).when("SitDown", "player/ann", { seatId });
  test("one sits on the ground, or on a seat that is here, by its own attribute or its prototype's", async () => {
    await sitting(null).thenEvents(satDown());
    const own = { ...hall, "game-object/stool": [thingMade("room/hall", { seat: true })] };
    await sitting("stool", own).thenEvents(satDown("stool"));
    const made = {
      ...hall,
      "game-object/stool-kind": [thingMade(null, { seat: true })],
      "game-object/stool": [thingMade("room/hall", { prototype: "stool-kind" })],
    };
    await sitting("stool", made).thenEvents(satDown("stool"));
  });
  test("one sits on nothing else, nothing elsewhere, nothing that is not there", async () => {
    await sitting("hat", { ...hall, "game-object/hat": [thingMade("room/hall", { prototype: "no/id" })] }).thenRejected("not_a_seat");
    await sitting("stool", { ...hall, "game-object/stool": [thingMade("room/cellar", { seat: true })] }).thenRejected("out_of_reach");
    await sitting("stool").thenRejected("item_not_found");
    const gone = { ...hall, "game-object/stool": [thingMade("room/hall", { seat: true }), gameObjectEvents.GameObjectDeleted({})] };
    await sitting("stool", gone).thenRejected("item_not_found");
  });
  test("[D31] sitting, standing and posing as before records nothing", async () => {
    await sitting(null, after(hall, satDown())).thenNothing();
    await given(world, hall).when("StandUp", "player/ann").thenNothing();
    await given(world, hall).when("SetPose", "player/ann", { pose: "" }).thenNothing();
  });
  test("one goes on sitting on another seat", () =>
    sitting("stool", { ...after(hall, satDown()), "game-object/stool": [thingMade("room/hall", { seat: true })] }).thenEvents(
      satDown("stool"),
    ));
  test("whoever is moved stands, and their pose is over", () => {
    const posing = after(hall, { "player/ann": [PlayerSatDown({ seatId: null }), PlayerPoseSet({ pose: "is asleep" })] });
    expect(given(world, posing).state("player/ann")).toMatchObject({ sitting: { seatId: null }, pose: "is asleep" });
    const taken = after(posing, inCellar);
    expect(given(world, taken).state("player/ann")).toMatchObject({ containerId: "room/cellar", sitting: null, pose: "" });
  });
});
