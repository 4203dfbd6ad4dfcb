import { given } from "@aethyr/kernel/testing";
import { describe, test } from "vitest";
import { playerEvents, roomEvents, world } from "../index.ts";
import { after, hall, thingMade } from "../testing/histories.ts";

const { PlayerSatDown, PlayerStoodUp, GameObjectContainerUpdated } = playerEvents;
const { RoomExitAdded, RoomExitRemoved, GameObjectDeleted } = roomEvents;
const satDown = (seatId: string | null = null) => ({ "player/ann": [PlayerSatDown({ seatId })] });
const inCellar = { "player/ann": [GameObjectContainerUpdated({ containerId: "room/cellar" })] };
const exit = (to: string | null, state?: "open" | "closed" | "locked") =>
  after(hall, {
    "room/hall": [
      RoomExitAdded({
        direction: "down",
        targetRoomId: to,
        ...(state === undefined ? {} : { door: { keywords: ["door"], description: "", state } }),
      }),
    ],
  });

describe("walking", () => {
  const walking = (history = exit("cellar")) => given(world, history).when("Walk", "player/ann", { from: "room/hall", direction: "down" });
  test("leads through an exit, and through an open door", async () => {
    await walking().thenEvents(inCellar);
    await walking(exit("cellar", "open")).thenEvents(inCellar);
  });
  test("needs an exit, an open one, one that leads somewhere, to a room that is there", async () => {
    await walking(hall).thenRejected("no_such_exit");
    await walking(exit(null)).thenRejected("leads_nowhere");
    await walking(exit("cellar", "closed")).thenRejected("door_closed");
    await walking(exit("cellar", "locked")).thenRejected("door_closed");
    await walking(after(exit("cellar"), { "room/cellar": [GameObjectDeleted({})] })).thenRejected("room_not_found");
    await walking(after(exit("cellar"), { "room/hall": [GameObjectDeleted({})] })).thenRejected("no_such_exit");
  });
  test("[D30] begins where the walker believes to be, or not at all", async () => {
    await walking(after(exit("cellar"), inCellar)).thenRejected("moved_away");
    await walking(after(exit("cellar"), { "player/ann": [GameObjectContainerUpdated({ containerId: null })] })).thenRejected("moved_away");
  });
  test("is not for who sits, until they stand", async () => {
    await walking(after(exit("cellar"), satDown())).thenRejected("sitting");
    await walking(after(after(exit("cellar"), satDown()), { "player/ann": [PlayerStoodUp({})] })).thenEvents(inCellar);
  });
  test("[D31] an exit that leads back to its own room changes nothing", () => walking(exit("hall")).thenNothing());
});

describe("a door", () => {
  const door = { keywords: ["door"], description: "", keyId: "key" };
  type State = "open" | "closed" | "locked";
  const between = (state: State, both = true) =>
    after(hall, {
      "room/hall": [RoomExitAdded({ direction: "down", targetRoomId: "cellar", door: { ...door, state } })],
      "room/cellar": [
        RoomExitAdded({ direction: "south", targetRoomId: "attic", door: { ...door, state } }),
        ...(both ? [RoomExitAdded({ direction: "north", targetRoomId: "hall", door: { ...door, state } })] : []),
      ],
      "game-object/key": [thingMade("player/ann")],
      "game-object/copy": [thingMade("player/ann", { prototype: "key" })],
      "game-object/lost": [thingMade("room/hall", { prototype: "key" })],
    });
  const setting = (state: State, history = between("closed"), keyId?: string) =>
    given(world, history).when("SetDoor", "player/ann", {
      from: "room/hall",
      direction: "down",
      state,
      ...(keyId === undefined ? {} : { keyId }),
    });
  const side = (direction: "down" | "north", targetRoomId: string, state: State) => [
    RoomExitRemoved({ direction }),
    RoomExitAdded({ direction, targetRoomId, door: { ...door, state } }),
  ];
  const bothSides = (state: State) => ({ "room/hall": side("down", "cellar", state), "room/cellar": side("north", "hall", state) });

  test("is opened and closed, on both sides at once, and on one where the other has none", async () => {
    await setting("open").thenEvents(bothSides("open"));
    await setting("closed", between("open")).thenEvents(bothSides("closed"));
    await setting("open", between("closed", false)).thenEvents({ "room/hall": side("down", "cellar", "open") });
  });
  test("is locked and unlocked with its key, or one made like it, in one's own hands", async () => {
    for (const key of ["key", "copy"]) {
      await setting("locked", between("closed"), key).thenEvents(bothSides("locked"));
      await setting("closed", between("locked"), key).thenEvents(bothSides("closed"));
    }
    for (const key of ["sword", "lost", "nothing", undefined]) await setting("closed", between("locked"), key).thenRejected("no_key");
  });
  test("that is locked is not opened, one that is open not locked", async () => {
    await setting("open", between("locked"), "key").thenRejected("door_locked");
    await setting("locked", between("open"), "key").thenRejected("door_open");
  });
  test("must be there, where one is", async () => {
    await setting("open", hall).thenRejected("no_such_exit");
    await setting("open", exit("cellar")).thenRejected("no_door");
    await setting("open", after(between("closed"), inCellar)).thenRejected("moved_away");
  });
  test("[D31] that is so already is left alone", () => setting("closed").thenNothing());
  test("can be in an exit that leads nowhere, to its own room, or to a room that is no more", async () => {
    for (const [to, history] of [
      [null, exit(null, "closed")],
      ["hall", exit("hall", "closed")],
      ["cellar", after(exit("cellar", "closed"), { "room/cellar": [GameObjectDeleted({})] })],
    ] as const) {
      const open = { keywords: ["door"], description: "", state: "open" as const };
      await setting("open", history).thenEvents({
        "room/hall": [RoomExitRemoved({ direction: "down" }), RoomExitAdded({ direction: "down", targetRoomId: to, door: open })],
      });
    }
  });
});
