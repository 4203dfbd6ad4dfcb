/** The stock world of CircleMUD 3.1 through a real host, with the memory store. */
import type { CommandEnvelope } from "@aethyr/protocol";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Phase } from "../../commands/import-command.ts";
import { runImport } from "../../run/run-import.ts";
import { placesIn, startWorldHost, type WorldHost, worldIn } from "../../testing/world-host.ts";
import { filesInDirectory } from "../directory-files.ts";
import { planResets } from "../plan-resets.ts";
import { readWorld } from "../read-world.ts";
import { hasStockWorld, stockWorldDirectory } from "../testing/stock-world.ts";
import { commandsOf } from "./commands-of.ts";

const sizes = {
  rooms: 1878,
  exits: 4315,
  zones: 30,
  "mobile prototypes": 569,
  "object prototypes": 679,
  shops: 46,
  "things in rooms": 1278,
  "things held, level 1": 926,
  "things held, level 2": 10,
  equipment: 535,
};

describe.runIf(hasStockWorld())("the import of the stock world", () => {
  let phases: readonly Phase[];
  beforeAll(() => {
    const { world } = readWorld(filesInDirectory(stockWorldDirectory));
    phases = commandsOf(world, planResets(world));
  });

  const hosts: WorldHost[] = [];
  const start = (): WorldHost => {
    const host = startWorldHost();
    hosts.push(host);
    return host;
  };
  afterEach(async () => {
    await Promise.all(hosts.splice(0).map((host) => host.close()));
  });

  test("gives 10,266 commands with ids of their own", () => {
    expect(Object.fromEntries(phases.map(({ name, commands }) => [name, commands.length]))).toEqual(sizes);
    const ids = phases.flatMap(({ commands }) => commands.map(({ command }) => command.id));
    expect(ids).toHaveLength(10_266);
    expect(new Set(ids).size).toBe(10_266);
  });

  test("is accepted to the last command, and a second run adds no event and finds all there already", async () => {
    const { store, send } = start();
    const first = await runImport({ phases, send, head: 0 });
    expect(first).toEqual({
      ended: "complete",
      phases: Object.entries(sizes).map(([name, total]) => ({ name, total, accepted: total, alreadyThere: 0, refused: 0 })),
      problems: [],
      moreProblems: 0,
    });
    const { event_count, aggregate_types, event_types } = await store.statistics();
    expect({ event_count, aggregate_types, event_types }).toEqual({
      event_count: 11_202,
      aggregate_types: { "game-object": 3538, room: 1878 },
      event_types: { RoomCreated: 1878, RoomExitAdded: 4315, GameObjectCreated: 3538, ItemAddedToInventory: 936, ItemEquipped: 535 },
    });

    const second = await runImport({ phases, send, head: await store.head() });
    expect(second).toEqual({
      ended: "complete",
      phases: Object.entries(sizes).map(([name, total]) => ({ name, total, accepted: 0, alreadyThere: total, refused: 0 })),
      problems: [],
      moreProblems: 0,
    });
    expect((await store.statistics()).event_count).toBe(11_202);
  });

  test("puts every thing in exactly one place, where the plan has it", async () => {
    const { store, send } = start();
    await runImport({ phases, send, head: 0 });
    const { containerOf, held } = await placesIn(store);

    const heldTimes = Map.groupBy(held, ([, thing]) => thing);
    for (const [thing, container] of containerOf) {
      const holders = (heldTimes.get(thing) ?? []).map(([holder]) => holder);
      expect(holders).toEqual(container?.startsWith("game-object/") === true ? [container] : []);
    }
    const containers = [...containerOf.values()];
    expect({
      nowhere: containers.filter((container) => container === null).length,
      inRooms: containers.filter((container) => container?.startsWith("room/")).length,
      worn: held.filter(([, , slot]) => slot !== null).length,
      carriedOrContained: held.filter(([, , slot]) => slot === null).length,
    }).toEqual({ nowhere: 30 + 569 + 679 + 46, inRooms: 1096 + 182, worn: 535, carriedOrContained: 329 + 72 });
  });

  test("leads to the same world when it is stopped anywhere and run again", async () => {
    const whole = start();
    await runImport({ phases, send: whole.send, head: 0 });
    const wanted = await worldIn(whole.store);

    for (const stopAfterBatches of [1, 17, 40]) {
      const { store, send } = start();
      const abort = new AbortController();
      let sent = 0;
      const counting = (commands: readonly CommandEnvelope[]) => {
        sent += 1;
        if (sent === stopAfterBatches) abort.abort();
        return send(commands);
      };
      const stopped = await runImport({ phases, send: counting, head: 0, signal: abort.signal });
      expect(stopped.ended).toBe("aborted");
      const before = await store.head();
      expect(before).toBeGreaterThan(0);

      const rest = await runImport({ phases, send, head: before });
      expect(rest.ended).toBe("complete");
      expect(rest.problems).toEqual([]);
      const sum = (key: "accepted" | "alreadyThere") => rest.phases.reduce((total, phase) => total + phase[key], 0);
      expect(sum("accepted") + sum("alreadyThere")).toBe(10_266);
      expect(sum("alreadyThere")).toBeGreaterThan(0);
      expect(await worldIn(store)).toEqual(wanted);
    }
  });
});
