import { given, type History } from "@aethyr/kernel/testing";
import { describe, test } from "vitest";
import { roomEvents, world } from "../index.ts";
import { after, hall } from "../testing/histories.ts";

const { GameObjectDeleted, RoomCreated, RoomDescriptionUpdated, RoomExitAdded, RoomExitRemoved } = roomEvents;
const down = { direction: "down", targetRoomId: "cellar" } as const;
const door = { keywords: ["gate", "iron"], description: "An iron gate.", state: "locked", pickproof: true, keyId: "iron-key" } as const;
const withExit = after(hall, { "room/hall": [RoomExitAdded(down)] });
const adding = (history: History, exit: object) => given(world, history).when("AddRoomExit", "room/hall", exit);

describe("rooms", () => {
  test("[D33] a room begins with one event", () =>
    given(world)
      .when("CreateRoom", "room/hall", { name: "Hall" })
      .thenEvents({ "room/hall": [RoomCreated({ name: "Hall", description: "", attributes: {} })] }));
  test("a room is made once", () => given(world, hall).when("CreateRoom", "room/hall", { name: "Hall" }).thenRejected("already_exists"));
  test("[D31] a description can be replaced and cleared; the same one again is nothing new", async () => {
    const described = after(hall, { "room/hall": [RoomDescriptionUpdated({ description: "Dusty." })] });
    const describing = (history: History, description: string) =>
      given(world, history).when("UpdateRoomDescription", "room/hall", { description });
    await describing(hall, "Dusty.").thenEvents({ "room/hall": [RoomDescriptionUpdated({ description: "Dusty." })] });
    await describing(described, "").thenEvents({ "room/hall": [RoomDescriptionUpdated({ description: "" })] });
    await describing(described, "Dusty.").thenNothing();
    await describing(hall, "").thenNothing();
  });
  test("an exit leads to a room that is there", async () => {
    await adding(hall, down).thenEvents({ "room/hall": [RoomExitAdded(down)] });
    await adding(hall, { ...down, targetRoomId: "attic" }).thenRejected("room_not_found");
    await adding(hall, { ...down, targetRoomId: null }).thenEvents({ "room/hall": [RoomExitAdded({ ...down, targetRoomId: null })] });
    await adding(after(hall, { "room/cellar": [GameObjectDeleted({})] }), down).thenRejected("room_not_found");
  });
  test("an exit may lead back into the room itself", () =>
    adding(hall, { direction: "north", targetRoomId: "hall" }).thenEvents({
      "room/hall": [RoomExitAdded({ direction: "north", targetRoomId: "hall" })],
    }));
  test("[D32] an exit has a door and a look of its own", async () => {
    const exit = { ...down, door, description: "Worn steps." };
    await adding(hall, exit).thenEvents({ "room/hall": [RoomExitAdded(exit)] });
    await adding(after(hall, { "room/hall": [RoomExitAdded(exit)] }), {
      ...exit,
      door: { ...door, keywords: [...door.keywords] },
    }).thenNothing();
  });
  test("[D31] an exit is never overwritten", async () => {
    await adding(withExit, down).thenNothing();
    await adding(withExit, { ...down, targetRoomId: "hall" }).thenRejected("exit_taken");
    await adding(withExit, { ...down, door }).thenRejected("exit_taken");
  });
  test("the same exit again is nothing new, even when its target was deleted meanwhile", () =>
    adding(after(withExit, { "room/cellar": [GameObjectDeleted({})] }), down).thenNothing());
  test("[D31] an exit is removed if it is there", async () => {
    const removing = (history: History) => given(world, history).when("RemoveRoomExit", "room/hall", { direction: "down" });
    await removing(withExit).thenEvents({ "room/hall": [RoomExitRemoved({ direction: "down" })] });
    await removing(hall).thenRejected("no_such_exit");
    await removing(after(withExit, { "room/hall": [RoomExitRemoved({ direction: "down" })] })).thenRejected("no_such_exit");
  });
});
