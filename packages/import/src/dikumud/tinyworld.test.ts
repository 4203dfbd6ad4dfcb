/** The world of DikuMUD Alfa, which its makers gave out under the LGPL, against its known counts and faults. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { commandsOf } from "../circlemud/commands/commands-of.ts";
import { filesInDirectory } from "../circlemud/directory-files.ts";
import { planResets } from "../circlemud/plan-resets.ts";
import { runImport } from "../run/run-import.ts";
import { startWorldHost } from "../testing/world-host.ts";
import { readDikuWorld } from "./read-diku-world.ts";

const folder = fileURLToPath(new URL("../../../../../shared/data/dikumud-alfa/", import.meta.url));

/** In CI the tests run all the same, and so fail. */
function hasTinyworld(): boolean {
  if (existsSync(folder) || process.env["CI"] === "true") return true;
  process.emitWarning("SKIPPED: the world of DikuMUD Alfa is absent. Put its tinyworld files into ../shared/data/dikumud-alfa.");
  return false;
}

describe.runIf(hasTinyworld())("tinyworld", () => {
  const files = filesInDirectory(folder);

  test("has the known counts, and faults in five places: three rooms lack an E", () => {
    const { world, complaints } = readDikuWorld(files, "tinyworld", { lenient: true });
    expect({
      rooms: world.rooms.length,
      exits: world.rooms.flatMap(({ exits }) => exits).length,
      mobs: world.mobs.length,
      objects: world.objects.length,
      shops: world.shops.length,
      zones: world.zones.length,
      resets: world.zones.flatMap(({ resets }) => resets).length,
    }).toEqual({ rooms: 657, exits: 1528, mobs: 150, objects: 253, shops: 17, zones: 23, resets: 709 });
    expect(complaints.map(({ message }) => message)).toEqual([
      'tinyworld.wld:11659: expected "D0" to "D5", "E" or "S" in room 7405, found "crystal globe~"',
      "tinyworld.wld:12104: expected a sector from 0 to 9, found -1",
      'tinyworld.wld:12241: expected "D0" to "D5", "E" or "S" in room 7432, found "down~"',
      'tinyworld.wld:12385: expected "D0" to "D5", "E" or "S" in room 7439, found "5~"',
      "tinyworld.wld:13856: expected one exit south, found another one, the first is in line 13845",
    ]);
  });

  test("read strictly, it stops at the first of them", () => {
    expect(() => readDikuWorld(files, "tinyworld")).toThrow("tinyworld.wld:11659: expected");
  });

  test("is imported whole, but for what its files themselves leave open", async () => {
    const { world } = readDikuWorld(files, "tinyworld", { lenient: true });
    const host = startWorldHost();
    const result = await runImport({ phases: commandsOf(world, planResets(world), { prefix: "diku" }), send: host.send, head: 0 });
    await host.close();
    expect(result).toMatchObject({ ended: "complete", problems: [], moreProblems: 0 });
    expect(result.phases.find(({ name }) => name === "shops")).toMatchObject({ total: 17, accepted: 17 });
  });
});
