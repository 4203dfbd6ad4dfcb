import { given } from "@aethyr/kernel/testing";
import { describe, expect, test } from "vitest";
import { gameObjectEvents, playerEvents, world } from "../index.ts";
import { after, hall, thingMade } from "../testing/histories.ts";

const { PlayerSatDown, PlayerPoseSet, GameObjectContainerUpdated } = playerEvents;
const satDown = (seatId: string | null = null) => ({ "player/ann": [PlayerSatDown({ seatId })] });
/** It cannot be taken. */
const bench = { "game-object/stool": [thingMade("room/hall", { seat: true, wearFlags: [] })] };
const inCellar = { "player/ann": [GameObjectContainerUpdated({ containerId: "room/cellar" })] };

describe("posture", () => {
  const sitting = (seatId: string | null, history = hall) => given(world, history).when("SitDown", "player/ann", { seatId });
  test("one sits on the ground, or on a seat that is here, by its own attribute or its prototype's", async () => {
    await sitting(null).thenEvents(satDown());
    await sitting("stool", { ...hall, ...bench }).thenEvents(satDown("stool"));
    const made = {
      ...hall,
      "game-object/stool-kind": [thingMade(null, { seat: true, wearFlags: [] })],
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
  test("one goes on sitting on another seat", () => sitting("stool", { ...after(hall, satDown()), ...bench }).thenEvents(satDown("stool")));
  test("whoever is moved stands, and their pose is over", () => {
    const posing = after(hall, { "player/ann": [PlayerSatDown({ seatId: null }), PlayerPoseSet({ pose: "is asleep" })] });
    expect(given(world, posing).state("player/ann")).toMatchObject({ sitting: { seatId: null }, pose: "is asleep" });
    const taken = after(posing, inCellar);
    expect(given(world, taken).state("player/ann")).toMatchObject({ containerId: "room/cellar", sitting: null, pose: "" });
  });
});

describe("a seat that can be taken", () => {
  const { GameObjectDeleted } = playerEvents;
  const { SeatTaken, SeatLeft } = gameObjectEvents;
  const withStools = after(hall, {
    "player/bob": [GameObjectContainerUpdated({ containerId: "room/hall" })],
    "game-object/stool": [thingMade("room/hall", { seat: true })],
    "game-object/chair": [thingMade("room/hall", { seat: true })],
  });
  const annSits = after(withStools, { ...satDown("stool"), "game-object/stool": [SeatTaken({ playerId: "ann" })] });
  const take = (history: typeof hall, from: string | null = "room/hall") =>
    given(world, history).when("AddItemToInventory", "player/bob", { itemId: "stool", ...(from === null ? {} : { from }) });
  const taken = {
    "game-object/stool": [gameObjectEvents.GameObjectContainerUpdated({ containerId: "player/bob" })],
    "player/bob": [playerEvents.ItemAddedToInventory({ itemId: "stool" })],
  };

  test("records who sits down on it, who goes over to another one, and who stands up", async () => {
    await given(world, withStools)
      .when("SitDown", "player/ann", { seatId: "stool" })
      .thenEvents({ ...satDown("stool"), "game-object/stool": [SeatTaken({ playerId: "ann" })] });
    const left = { "game-object/stool": [SeatLeft({ playerId: "ann" })] };
    await given(world, annSits)
      .when("SitDown", "player/ann", { seatId: "chair" })
      .thenEvents({ ...satDown("chair"), "game-object/chair": [SeatTaken({ playerId: "ann" })], ...left });
    await given(world, annSits)
      .when("SitDown", "player/ann", {})
      .thenEvents({ ...satDown(), ...left });
    await given(world, annSits)
      .when("StandUp", "player/ann")
      .thenEvents({ "player/ann": [playerEvents.PlayerStoodUp({})], ...left });
  });

  test("is not taken from under whoever sits on it, by nobody's hand", async () => {
    await take(annSits).thenRejected("seat_taken");
    await given(world, annSits).when("AddItemToInventory", "player/ann", { itemId: "stool", from: "room/hall" }).thenRejected("seat_taken");
    await given(world, annSits)
      .when("UpdateGameObjectContainer", "game-object/stool", { containerId: "player/bob", from: "room/hall" })
      .thenRejected("seat_taken");
  });

  test("is taken when they have stood up, were moved, or are no more", async () => {
    await take(withStools).thenEvents(taken);
    await take(
      after(annSits, { "player/ann": [playerEvents.PlayerStoodUp({})], "game-object/stool": [SeatLeft({ playerId: "ann" })] }),
    ).thenEvents(taken);
    await take(after(annSits, inCellar)).thenEvents(taken);
    await take(after(annSits, { "player/ann": [GameObjectDeleted({})] })).thenEvents(taken);
  });

  test("is moved by a higher hand all the same, and nobody sits on it then", async () => {
    await take(annSits, null).thenEvents(taken);
    expect(given(world, annSits).state("game-object/stool")).toMatchObject({ sitters: ["ann"] });
    const moved = after(annSits, { "game-object/stool": [gameObjectEvents.GameObjectContainerUpdated({ containerId: "room/cellar" })] });
    expect(given(world, moved).state("game-object/stool")).toMatchObject({ sitters: [] });
    // It knows nothing of who sat there before, and is not here: she stands up from it without a word of its own.
    await given(world, moved)
      .when("StandUp", "player/ann")
      .thenEvents({ "player/ann": [playerEvents.PlayerStoodUp({})] });
  });
});
