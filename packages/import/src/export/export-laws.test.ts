import fc from "fast-check";
import { expect, test } from "vitest";
import { pathOf, ref, type Json, type Ref } from "@aethyr/kernel";
import { world as domain } from "@aethyr/world";
import { createCommandMaker } from "../commands/import-command.ts";
import { runImport } from "../run/run-import.ts";
import { startWorldHost } from "../testing/world-host.ts";
import { exportWorld } from "./export-world.ts";
import { noPassword } from "./players.ts";
import { rehearse, statesIn } from "./rehearse.ts";
import { differences } from "./same-world.ts";
import { readWorldFile, worldFileLines } from "./world-file.ts";

type Told = readonly [type: string, target: Ref, data: Json];

const roomId = fc.constantFrom("hall", "yard", "mill");
const playerId = fc.constantFrom("ann", "bob");
const thingId = fc.constantFrom("a", "b", "c", "d", "e", "f");
const direction = fc.constantFrom("north", "south", "up");
const slot = fc.constantFrom("head", "wield", "hold");
const place = fc.oneof(
  roomId.map((id) => `room/${id}`),
  thingId.map((id) => `game-object/${id}`),
  playerId.map((id) => `player/${id}`),
  fc.constant(null),
);
const value = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.string({ maxLength: 5 }),
  fc.array(fc.integer(), { maxLength: 3 }),
) as fc.Arbitrary<Json>;

const ofRoom = (type: string, data: fc.Arbitrary<object>) =>
  fc.tuple(
    fc.constant(type),
    roomId.map((id) => ref("room", id)),
    data,
  );
const ofThing = (type: string, data: fc.Arbitrary<object>) =>
  fc.tuple(
    fc.constant(type),
    thingId.map((id) => ref("game-object", id)),
    data,
  );
const ofPlayer = (type: string, data: fc.Arbitrary<object>) =>
  fc.tuple(
    fc.constant(type),
    playerId.map((id) => ref("player", id)),
    data,
  );
const told = fc.oneof(
  ofRoom("CreateRoom", fc.record({ name: fc.string({ minLength: 1, maxLength: 5 }), description: fc.string() })),
  ofRoom("AddRoomExit", fc.record({ direction, targetRoomId: fc.option(roomId) })),
  ofRoom("RemoveRoomExit", fc.record({ direction })),
  ofRoom("UpdateGameObjectAttribute", fc.record({ key: fc.constantFrom("mood", "a.b"), value })),
  ofThing("CreateGameObject", fc.record({ name: fc.constant("thing"), containerId: place })),
  ofThing("UpdateGameObjectContainer", fc.record({ containerId: place })),
  ofThing("EquipItem", fc.record({ itemId: thingId, slot })),
  ofThing("UnequipItem", fc.record({ itemId: thingId, slot })),
  ofThing("AddItemToInventory", fc.record({ itemId: thingId, position: fc.record({ x: fc.nat(9), y: fc.nat(9) }) })),
  ofPlayer(
    "CreatePlayer",
    fc.record({ name: fc.constant("Someone"), passwordHash: fc.constant(noPassword), containerId: roomId.map((id) => `room/${id}`) }),
  ),
  ofPlayer("UpdateGameObjectContainer", fc.record({ containerId: roomId.map((id) => `room/${id}`) })),
  ofPlayer("UpdatePlayerAdminStatus", fc.record({ admin: fc.boolean() })),
  ofPlayer("EquipItem", fc.record({ itemId: thingId, slot })),
  ofPlayer("AddItemToInventory", fc.record({ itemId: thingId, position: fc.record({ x: fc.nat(9), y: fc.nat(9) }) })),
  ofPlayer("SitDown", fc.record({ seatId: fc.option(thingId) })),
  ofPlayer("SetPose", fc.record({ pose: fc.constantFrom("", "is here") })),
  ofPlayer("UpdateGameObjectAttribute", fc.record({ key: fc.constantFrom("mood", "seat"), value })),
  ofThing("UpdateGameObjectAttribute", fc.record({ key: fc.constant("seat"), value: fc.constant(true) })),
  ofThing("DeleteGameObject", fc.record({ contents: fc.constantFrom("drop", "delete") })),
) as fc.Arbitrary<Told>;

test("[A22] whatever happened in a world, its export makes an equal one", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(told, { minLength: 20, maxLength: 80 }), async (story) => {
      const before = startWorldHost();
      const after = startWorldHost();
      const make = createCommandMaker("told");
      // What makes no sense is refused, and is part of the story.
      for (const [index, [type, target, data]] of story.entries()) {
        const { command } = make(type, target, data, { file: "", line: index });
        await before.send([{ ...command, id: `told-${index}` }]);
      }
      const states = await statesIn(before.store, domain);
      const { commands, leftOut } = await rehearse(exportWorld(states, domain), states, domain);
      const phases = readWorldFile("world", [...worldFileLines(commands)].join(""), (complaint) => {
        throw complaint;
      });
      expect(await runImport({ phases, send: after.send, head: 0 })).toMatchObject({ ended: "complete", problems: [] });
      // Who sits on what was carried away is the only one that cannot be made again.
      for (const { why } of leftOut) expect(why).toMatch(/^it sits on .*which is not there any more/);
      const lost = new Set(leftOut.map(({ ref: the }) => pathOf(the)));
      const made = await statesIn(after.store, domain);
      expect(differences(states, made).filter(({ ref: the }) => !lost.has(pathOf(the)))).toEqual([]);
      await Promise.all([before.close(), after.close()]);
    }),
    { numRuns: 40 },
  );
});
