import fc from "fast-check";
import { phc } from "./histories.ts";
import type { Sent } from "./small-world.ts";

const things = fc.constantFrom("a", "b", "c", "d", "e");
const thing = things.map((id) => `game-object/${id}`);
const player = fc.constantFrom("player/ann", "player/bob", "player/eve");
const room = fc.constantFrom("room/hall", "room/cellar", "room/attic");
const holder = fc.oneof(player, thing);
const placed = fc.oneof(holder, room, fc.constant(null));
const direction = fc.constantFrom("up", "down");
const closedDoor = { keywords: ["door"], description: "", state: "closed", keyId: "a" };
const door = fc.constantFrom("open", "closed", "locked").map((state) => ({ keywords: ["door"], description: "", state, keyId: "a" }));
const slot = fc.constantFrom("wield", "hold");
const value = fc.constantFrom(null, 0, 1, "x", [1], { x: 1 });

const [shut, locked, alwaysOpen] = [5, 13, 0].map((flags) => ({ type: "container", values: [0, flags, 0, 0] }));
/** What is made later is something to sit on, or a container. */
const kinds = [{ seat: true }, { seat: true }, shut, alwaysOpen];

const sent = (
  command: string,
  target: fc.Arbitrary<string>,
  fields: Record<string, fc.Arbitrary<unknown>> = {},
  optional: readonly string[] = [],
): fc.Arbitrary<Sent> =>
  fc.record({
    command: fc.constant(command),
    target,
    input: fc.record(fields, { requiredKeys: Object.keys(fields).filter((field) => !optional.includes(field)) }),
  });

/** What happens often comes with a greater weight: worlds in which everything is soon deleted show little. */
const command: fc.Arbitrary<Sent> = fc.oneof(
  {
    weight: 6,
    arbitrary: sent(
      "CreateGameObject",
      thing,
      { name: fc.constant("a thing"), containerId: placed, attributes: fc.constantFrom(...kinds) },
      ["containerId", "attributes"],
    ),
  },
  {
    weight: 2,
    arbitrary: sent("CreatePlayer", player, { name: fc.constant("Player"), passwordHash: fc.constant(phc()), containerId: room }, [
      "containerId",
    ]),
  },
  { weight: 2, arbitrary: sent("CreateRoom", room, { name: fc.constant("Room") }) },
  { weight: 8, arbitrary: sent("UpdateGameObjectContainer", thing, { containerId: placed, from: placed }, ["from"]) },
  {
    weight: 2,
    arbitrary: sent("UpdateGameObjectContainer", player, { containerId: fc.oneof(room, fc.constant(null)), from: room }, ["from"]),
  },
  {
    weight: 8,
    arbitrary: sent("AddItemToInventory", holder, { itemId: things, position: fc.record({ x: fc.nat(2), y: fc.nat(2) }), from: placed }, [
      "position",
      "from",
    ]),
  },
  { weight: 3, arbitrary: sent("RemoveItemFromInventory", holder, { itemId: things }) },
  { weight: 8, arbitrary: sent("EquipItem", holder, { itemId: things, slot }) },
  { weight: 8, arbitrary: sent("UnequipItem", holder, { itemId: things, slot }) },
  { weight: 2, arbitrary: sent("DeleteGameObject", holder, { contents: fc.constantFrom("refuse", "drop", "delete") }, ["contents"]) },
  {
    weight: 1,
    arbitrary: fc.oneof(
      { weight: 9, arbitrary: sent("RemoveRoomExit", room, { direction }) },
      { weight: 5, arbitrary: sent("DeleteGameObject", room) },
    ),
  },
  {
    weight: 2,
    arbitrary: sent(
      "AddRoomExit",
      room,
      {
        direction,
        targetRoomId: fc.constantFrom("hall", "cellar", "attic", null),
        door,
      },
      ["door"],
    ),
  },
  { weight: 9, arbitrary: sent("Walk", player, { from: room, direction }) },
  {
    weight: 6,
    arbitrary: sent("SetDoor", player, { from: room, direction, state: fc.constantFrom("open", "closed", "locked"), keyId: things }, [
      "keyId",
    ]),
  },
  { weight: 4, arbitrary: sent("SetLid", player, { itemId: things, state: fc.constantFrom("open", "closed") }) },
  { weight: 3, arbitrary: sent("SitDown", player, { seatId: fc.oneof(things, fc.constant(null)) }, ["seatId"]) },
  { weight: 3, arbitrary: sent("StandUp", player) },
  {
    weight: 3,
    arbitrary: fc.oneof(
      sent("SitDown", player, { seatId: fc.constant("stool") }),
      sent("AddItemToInventory", player, { itemId: fc.constant("stool"), from: fc.constant("room/hall") }),
      sent("UpdateGameObjectContainer", fc.constant("game-object/stool"), { containerId: player, from: fc.constant("room/hall") }),
    ),
  },
  { weight: 1, arbitrary: sent("SetPose", player, { pose: fc.constantFrom("", "is asleep") }) },
  { weight: 1, arbitrary: sent("UpdateRoomDescription", room, { description: fc.constantFrom("", "Wide.") }) },
  { weight: 1, arbitrary: sent("UpdatePlayerPassword", player, { passwordHash: fc.constantFrom(phc(), phc("YW5vdGhlcnNhbHQx")) }) },
  { weight: 1, arbitrary: sent("UpdatePlayerAdminStatus", player, { admin: fc.boolean() }) },
  { weight: 1, arbitrary: sent("UpdateGameObjectAttribute", fc.oneof(holder, room), { key: fc.constantFrom("x", "y"), value }) },
  {
    weight: 1,
    arbitrary: sent("UpdateGameObjectAttributes", fc.oneof(holder, room), { attributes: fc.dictionary(fc.constantFrom("x", "y"), value) }),
  },
);

/** Nearly everything exists at the beginning, so that most commands have somebody to concern. */
const beginning: readonly Sent[] = [
  ...["room/hall", "room/cellar"].map((target) => ({ command: "CreateRoom", target, input: { name: "Room" } })),
  ...["player/ann", "player/bob"].map((target) => ({
    command: "CreatePlayer",
    target,
    input: { name: "Player", passwordHash: phc(), containerId: "room/hall" },
  })),
  ...["a", "b", "c", "d"].map((id, index) => ({
    command: "CreateGameObject",
    target: `game-object/${id}`,
    input: { name: "a thing", containerId: "player/ann", attributes: [{}, {}, shut, locked][index] },
  })),
  {
    command: "CreateGameObject",
    target: "game-object/stool",
    input: { name: "a stool", containerId: "room/hall", attributes: { seat: true } },
  },
  { command: "SitDown", target: "player/bob", input: { seatId: "stool" } },
  { command: "AddRoomExit", target: "room/hall", input: { direction: "up", targetRoomId: "cellar" } },
  { command: "AddRoomExit", target: "room/hall", input: { direction: "down", targetRoomId: "cellar", door: closedDoor } },
  {
    command: "AddRoomExit",
    target: "room/cellar",
    input: { direction: "up", targetRoomId: "hall", door: { ...closedDoor, state: "locked" } },
  },
  { command: "AddRoomExit", target: "room/cellar", input: { direction: "down", targetRoomId: null } },
];
/** Any commands, one after another, in a world of three rooms, three players, five things and a stool. */
export const story = fc.array(command, { minLength: 10, maxLength: 80, size: "max" }).map((commands) => [...beginning, ...commands]);
