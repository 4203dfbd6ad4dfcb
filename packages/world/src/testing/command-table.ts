import { sealForTests, type History } from "@aethyr/kernel/testing";
import { gameObjectEvents, playerEvents, roomEvents } from "../index.ts";
import { after, hall, phc } from "./histories.ts";

/** A command as it should be, what it does, and for every field what is wrong in it. */
export type Row = {
  readonly name: string;
  readonly target: string;
  readonly history?: History;
  readonly input: Readonly<Record<string, unknown>>;
  readonly events: History;
  /** Part of the target's state afterwards. */
  readonly state: object;
  readonly wrong: Readonly<Record<string, readonly unknown[]>>;
};

const { GameObjectCreated, GameObjectAttributeUpdated, GameObjectAttributesUpdated, GameObjectContainerUpdated, GameObjectDeleted } =
  gameObjectEvents;
const { ItemAddedToInventory, ItemRemovedFromInventory, ItemEquipped, ItemUnequipped, SeatTaken, SeatLeft } = gameObjectEvents;
const { PlayerCreated, PlayerPasswordUpdated, PlayerAdminStatusUpdated, PlayerSatDown, PlayerStoodUp, PlayerPoseSet } = playerEvents;
const { RoomCreated, RoomDescriptionUpdated, RoomExitAdded, RoomExitRemoved } = roomEvents;

const another = phc("YW5vdGhlcnNhbHQx");
const inSlot = { itemId: "sword", slot: "wield" } as const;
const worn = after(hall, { "player/ann": [ItemEquipped(inSlot)] });
const down = { direction: "down", targetRoomId: "cellar" } as const;
const door = { keywords: ["gate"], description: "", state: "closed" } as const;

const stairs = after(hall, { "room/hall": [RoomExitAdded(down)] });
const stool: History = {
  "game-object/stool": [GameObjectCreated({ name: "a stool", generic: "", containerId: "room/hall", attributes: { seat: true } })],
};

const chest: History = after(hall, {
  "game-object/chest": [
    GameObjectCreated({
      name: "a chest",
      generic: "",
      containerId: "room/hall",
      attributes: { type: "container", values: [10, 5, -1, 0] },
    }),
  ],
});

const noId = [7, null, "", "../x", "a/b", "i".repeat(129)];
const noText = [7, null, ["text"], "t".repeat(16_385)];
const noName = [7, null, "", "n".repeat(129)];
const noPlace = [7, "", "hall", "world/hall"];
const noAttributes = [7, null, [], "x", { "no key": 1 }, { when: new Date(0) }, { text: "x".repeat(16_384) }];
const noHash = [7, null, "", "secret", "d41d8cd98f00b204e9800998ecf8427e"];
const noDirection = [7, null, "", "n", "North", "sideways"];
const noSlot = [7, null, "", "Wield", "tail"];

/** Each command of the world once, valid. */
export const rows: readonly Row[] = [
  {
    name: "CreateGameObject",
    target: "game-object/hat",
    input: { name: "a hat", generic: "hat", containerId: "player/ann", attributes: { weight: 1 } },
    events: {
      "game-object/hat": [GameObjectCreated({ name: "a hat", generic: "hat", containerId: "player/ann", attributes: { weight: 1 } })],
      "player/ann": [ItemAddedToInventory({ itemId: "hat" })],
    },
    state: { name: "a hat", generic: "hat", containerId: "player/ann", attributes: { weight: 1 } },
    wrong: { name: noName, generic: [7, null, "g".repeat(129)], containerId: noPlace, attributes: noAttributes },
  },
  {
    name: "UpdateGameObjectAttribute",
    target: "game-object/bag",
    input: { key: "weight", value: 2 },
    events: { "game-object/bag": [GameObjectAttributeUpdated({ key: "weight", value: 2 })] },
    state: { attributes: { weight: 2 } },
    wrong: { key: [7, null, "", "no key", "k".repeat(65)], value: [Number.NaN, new Date(0), 1n] },
  },
  {
    name: "UpdateGameObjectAttributes",
    target: "room/hall",
    input: { attributes: { light: "dim", sector: "inside" } },
    events: { "room/hall": [GameObjectAttributesUpdated({ attributes: { light: "dim", sector: "inside" } })] },
    state: { attributes: { light: "dim", sector: "inside" } },
    wrong: { attributes: noAttributes },
  },
  {
    name: "UpdateGameObjectContainer",
    target: "game-object/sword",
    input: { containerId: "room/hall", from: "player/ann" },
    events: {
      "game-object/sword": [GameObjectContainerUpdated({ containerId: "room/hall" })],
      "player/ann": [ItemRemovedFromInventory({ itemId: "sword" })],
    },
    state: { containerId: "room/hall" },
    wrong: { containerId: noPlace, from: noPlace },
  },
  {
    name: "DeleteGameObject",
    target: "player/bob",
    input: {},
    events: { "player/bob": [GameObjectDeleted({})] },
    state: { name: "Player" },
    wrong: { contents: [7, null, "", "keep"] },
  },
  {
    name: "CreatePlayer",
    target: "player/eve",
    input: { name: "Eve", passwordHash: phc(), containerId: "room/hall" },
    events: {
      "player/eve": [
        PlayerCreated({ name: "Eve", passwordHash: sealForTests("player/eve", phc()), admin: false, containerId: "room/hall" }),
      ],
    },
    state: {
      name: "Eve",
      generic: "player",
      passwordHash: sealForTests("player/eve", phc()),
      admin: false,
      containerId: "room/hall",
      items: [],
      equipment: {},
    },
    wrong: {
      name: [7, null, "", "Al", "x".repeat(21), "Eve1", "Eve Adams"],
      passwordHash: noHash,
      containerId: [...noPlace, "player/ann"],
    },
  },
  {
    name: "UpdatePlayerPassword",
    target: "player/ann",
    input: { passwordHash: another },
    events: { "player/ann": [PlayerPasswordUpdated({ passwordHash: sealForTests("player/ann", another) })] },
    state: { passwordHash: sealForTests("player/ann", another) },
    wrong: { passwordHash: noHash },
  },
  {
    name: "UpdatePlayerAdminStatus",
    target: "player/ann",
    input: { admin: true },
    events: { "player/ann": [PlayerAdminStatusUpdated({ admin: true })] },
    state: { admin: true },
    wrong: { admin: [1, null, "true", ""] },
  },
  {
    name: "CreateRoom",
    target: "room/attic",
    input: { name: "Attic", description: "Dusty.", attributes: { light: "dark" } },
    events: { "room/attic": [RoomCreated({ name: "Attic", description: "Dusty.", attributes: { light: "dark" } })] },
    state: { name: "Attic", generic: "room", description: "Dusty.", attributes: { light: "dark" }, exits: {} },
    wrong: { name: noName, description: noText, attributes: noAttributes },
  },
  {
    name: "UpdateRoomDescription",
    target: "room/hall",
    input: { description: "Wide." },
    events: { "room/hall": [RoomDescriptionUpdated({ description: "Wide." })] },
    state: { description: "Wide." },
    wrong: { description: noText },
  },
  {
    name: "AddRoomExit",
    target: "room/hall",
    input: { ...down, door, description: "Steep." },
    events: { "room/hall": [RoomExitAdded({ ...down, door, description: "Steep." })] },
    state: { exits: { down: { targetRoomId: "cellar", door, description: "Steep." } } },
    wrong: {
      direction: noDirection,
      targetRoomId: noId.filter((id) => id !== null),
      door: [7, null, "closed"],
      "door.keywords": [7, null, "gate"],
      "door.description": noText,
      "door.state": [7, null, "ajar"],
      "door.pickproof": [7, null],
      "door.keyId": noId,
      description: noText,
    },
  },
  {
    name: "RemoveRoomExit",
    target: "room/hall",
    history: after(hall, { "room/hall": [RoomExitAdded(down)] }),
    input: { direction: "down" },
    events: { "room/hall": [RoomExitRemoved({ direction: "down" })] },
    state: { exits: {} },
    wrong: { direction: noDirection },
  },
  {
    name: "AddItemToInventory",
    target: "player/bob",
    history: after(hall, { "player/bob": [GameObjectContainerUpdated({ containerId: "room/hall" })] }),
    input: { itemId: "sword", position: { x: 1, y: 2 }, from: "player/ann" },
    events: {
      "game-object/sword": [GameObjectContainerUpdated({ containerId: "player/bob" })],
      "player/ann": [ItemRemovedFromInventory({ itemId: "sword" })],
      "player/bob": [ItemAddedToInventory({ itemId: "sword", position: { x: 1, y: 2 } })],
    },
    state: { items: ["sword"], positions: { sword: { x: 1, y: 2 } } },
    wrong: {
      from: noPlace,
      itemId: noId,
      position: [7, null, "1,2"],
      "position.x": [-1, 256, 1.5, "1", null],
      "position.y": [-1, 256, 1.5, "1", null],
    },
  },
  {
    name: "RemoveItemFromInventory",
    target: "player/ann",
    input: { itemId: "sword" },
    events: {
      "game-object/sword": [GameObjectContainerUpdated({ containerId: "room/hall" })],
      "player/ann": [ItemRemovedFromInventory({ itemId: "sword" })],
    },
    state: { items: ["bag"] },
    wrong: { itemId: noId },
  },
  {
    name: "EquipItem",
    target: "player/ann",
    input: inSlot,
    events: { "player/ann": [ItemEquipped(inSlot)] },
    state: { items: ["bag"], equipment: { wield: "sword" } },
    wrong: { itemId: noId, slot: noSlot },
  },
  {
    name: "UnequipItem",
    target: "player/ann",
    history: worn,
    input: inSlot,
    events: { "player/ann": [ItemUnequipped(inSlot)] },
    state: { items: ["bag", "sword"], equipment: {} },
    wrong: { itemId: noId, slot: noSlot },
  },
  {
    name: "Walk",
    target: "player/ann",
    history: stairs,
    input: { from: "room/hall", direction: "down" },
    events: { "player/ann": [GameObjectContainerUpdated({ containerId: "room/cellar" })] },
    state: { containerId: "room/cellar" },
    wrong: { from: [...noPlace, "player/ann"], direction: noDirection },
  },
  {
    name: "SetDoor",
    target: "player/ann",
    history: after(hall, { "room/hall": [RoomExitAdded({ ...down, door })] }),
    input: { from: "room/hall", direction: "down", state: "open", keyId: "sword" },
    events: { "room/hall": [RoomExitRemoved({ direction: "down" }), RoomExitAdded({ ...down, door: { ...door, state: "open" } })] },
    state: { containerId: "room/hall" },
    wrong: { from: [...noPlace, "player/ann"], direction: noDirection, state: [7, null, "ajar"], keyId: noId },
  },
  {
    name: "SetLid",
    target: "player/ann",
    history: chest,
    input: { itemId: "chest", state: "open" },
    events: { "game-object/chest": [GameObjectAttributeUpdated({ key: "values", value: [10, 1, -1, 0] })] },
    state: { containerId: "room/hall" },
    wrong: { itemId: noId, state: [7, null, "locked"] },
  },
  {
    name: "SitDown",
    target: "player/ann",
    history: after(hall, stool),
    input: { seatId: "stool" },
    events: { "player/ann": [PlayerSatDown({ seatId: "stool" })], "game-object/stool": [SeatTaken({ playerId: "ann" })] },
    state: { sitting: { seatId: "stool" } },
    wrong: { seatId: noId.filter((id) => id !== null) },
  },
  {
    name: "StandUp",
    target: "player/ann",
    history: after(after(hall, stool), {
      "player/ann": [PlayerSatDown({ seatId: "stool" })],
      "game-object/stool": [SeatTaken({ playerId: "ann" })],
    }),
    input: {},
    events: { "player/ann": [PlayerStoodUp({})], "game-object/stool": [SeatLeft({ playerId: "ann" })] },
    state: { sitting: null },
    wrong: {},
  },
  {
    name: "SetPose",
    target: "player/ann",
    input: { pose: "is leaning against the wall" },
    events: { "player/ann": [PlayerPoseSet({ pose: "is leaning against the wall" })] },
    state: { pose: "is leaning against the wall" },
    wrong: { pose: [7, null, "p".repeat(121), "two\nlines", "\u001b[2J", "\u202etxet"] },
  },
];
