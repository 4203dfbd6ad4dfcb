import fc from "fast-check";
import { expect, test } from "vitest";
import { createInstance, ref, snapshotOf, type Json, type Ref } from "@aethyr/kernel";
import { world as domain } from "@aethyr/world";
import { createCommandMaker } from "../commands/import-command.ts";
import { runImport } from "../run/run-import.ts";
import { startWorldHost, statesIn } from "../testing/world-host.ts";
import { exportWorld } from "./export-world.ts";
import { readWorldFile, worldFileLines } from "./world-file.ts";

type Told = readonly [type: string, target: Ref, data: Json];

const roomId = fc.constantFrom("hall", "yard", "mill");
const thingId = fc.constantFrom("a", "b", "c", "d", "e", "f");
const direction = fc.constantFrom("north", "south", "up");
const slot = fc.constantFrom("head", "wield", "hold");
const place = fc.oneof(
  roomId.map((id) => `room/${id}`),
  thingId.map((id) => `game-object/${id}`),
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
  ofThing("DeleteGameObject", fc.record({ contents: fc.constantFrom("drop", "delete") })),
) as fc.Arbitrary<Told>;

const initialOf = (type: string): Json => snapshotOf(createInstance(domain.aggregates.get(type)!, ref(type, "x"))).state.context;

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
      const states = await statesIn(before.store);
      const { commands, leftOut } = exportWorld(states, initialOf);
      expect(leftOut).toEqual([]);
      const phases = readWorldFile("world", [...worldFileLines(commands)].join(""), (complaint) => {
        throw complaint;
      });
      expect(await runImport({ phases, send: after.send, head: 0 })).toMatchObject({ ended: "complete", problems: [] });
      expect(await statesIn(after.store)).toEqual(states);
      await Promise.all([before.close(), after.close()]);
    }),
    { numRuns: 40 },
  );
});
