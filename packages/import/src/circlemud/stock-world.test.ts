/**
 * The stock world of CircleMUD 3.1 against its known counts, and record by record against a JSON oracle that a parser
 * written by others made. Where the oracle is wrong, the test says how, and that it is wrong nowhere else.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { checkReferences } from "./check-references.ts";
import { filesInDirectory } from "./directory-files.ts";
import type { ExtraDescription } from "./extra-descriptions.ts";
import type { WorldObject } from "./objects.ts";
import { planResets } from "./plan-resets.ts";
import { readWorld, type World } from "./read-world.ts";
import { flatOracleResets, flatResets } from "./testing/oracle-resets.ts";
import { type Json, mobAsOracle, objectAsOracle, oracleValues, roomAsOracle, shopAsOracle } from "./testing/oracle-shape.ts";
import { hasStockWorld, readOracle, stockWorldDirectory } from "./testing/stock-world.ts";
import type { Source } from "./world-file-error.ts";

describe.runIf(hasStockWorld())("the stock world", () => {
  const files = filesInDirectory(stockWorldDirectory);
  let world: World;
  beforeAll(() => {
    world = readWorld(files).world;
  });

  const oracle = (kind: string): ReadonlyMap<unknown, Json> =>
    new Map(
      readOracle(kind)
        .map(oracleValues)
        .map((record) => [record["id"], record]),
    );
  const blankFollowsMark = ({ source }: { source: Source }): boolean =>
    files.read(source.file)?.split("\n")[source.line - 1]?.endsWith(" ") === true;

  test("has the known counts and, read strictly, no complaint", () => {
    expect(readWorld(files).complaints).toEqual([]);
    expect(readWorld(files, { lenient: true }).complaints).toEqual([]);
    const resets = world.zones.flatMap((zone) => zone.resets);
    expect({
      zones: world.zones.length,
      rooms: world.rooms.length,
      exits: world.rooms.flatMap(({ exits }) => exits).length,
      mobs: world.mobs.length,
      objects: world.objects.length,
      shops: world.shops.length,
      resets: resets.length,
    }).toEqual({
      zones: 30,
      rooms: 1878,
      exits: 4315,
      mobs: 569,
      objects: 679,
      shops: 46,
      resets: 2757,
    });
    expect(count(resets.map(({ command }) => command))).toEqual({
      D: 432,
      E: 554,
      G: 328,
      M: 1098,
      O: 188,
      P: 77,
      R: 80,
    });
  });

  test("has the rooms of the oracle, which misses every section whose mark a blank follows", () => {
    const theirs = oracle("wld");
    const missed = { exits: 0, extras: 0 };
    for (const room of world.rooms) {
      const exits = room.exits.filter((exit) => !blankFollowsMark(exit));
      const extraDescriptions = room.extraDescriptions.filter((extra) => !blankFollowsMark(extra));
      missed.exits += room.exits.length - exits.length;
      missed.extras += room.extraDescriptions.length - extraDescriptions.length;
      expect(roomAsOracle({ ...room, exits, extraDescriptions })).toEqual(theirs.get(room.vnum));
    }
    expect(missed).toEqual({ exits: 24, extras: 3 });
    expect(theirs.size).toBe(1878);
  });

  test("has the mobs of the oracle, which takes the load position for the default one", () => {
    const theirs = oracle("mob");
    for (const mob of world.mobs) {
      expect(mobAsOracle({ ...mob, defaultPosition: mob.loadPosition })).toEqual(theirs.get(mob.vnum));
    }
    expect(world.mobs.filter((mob) => mob.defaultPosition !== mob.loadPosition)).toHaveLength(10);
    expect(theirs.size).toBe(569);
  });

  test("has the objects of the oracle, which lacks #0 and the last extra description of eleven files", () => {
    const theirs = oracle("obj");
    const lastOfFile = new Map(world.objects.map((object) => [object.source.file, object]));
    let missed = 0;
    for (const object of world.objects) {
      // The oracle drops object #0, the game's mark of a broken object ("bug"): it takes the number 0 for none.
      if (object.vnum === 0) continue;
      // After the last object of a file stands "$" and not "#": an extra description that closes it is lost there.
      const closing = lastOfFile.get(object.source.file) === object ? closingExtra(object) : undefined;
      if (closing !== undefined) missed += 1;
      const extraDescriptions = object.extraDescriptions.filter((extra) => extra !== closing);
      expect(objectAsOracle({ ...object, extraDescriptions })).toEqual(theirs.get(object.vnum));
    }
    expect(world.objects.filter(({ vnum }) => !theirs.has(vnum))).toMatchObject([{ vnum: 0, keywords: ["bug"] }]);
    expect(missed).toBe(11);
    expect(theirs.size).toBe(678);
  });

  test("has the shops of the oracle, which eats the first letter of one message", () => {
    const theirs = oracle("shp");
    for (const shop of world.shops) {
      // Behind "%s " the oracle takes away any letter s, so that "sorry" becomes "orry".
      const playerLacksMoney = shop.messages.playerLacksMoney.replace("%s sorry", "%s orry");
      expect(shopAsOracle({ ...shop, messages: { ...shop.messages, playerLacksMoney } })).toEqual(theirs.get(shop.vnum));
    }
    expect(world.shops.filter(({ messages }) => messages.playerLacksMoney.startsWith("%s s"))).toHaveLength(1);
    expect(theirs.size).toBe(46);
  });

  test("has the zones and resets of the oracle, which misses contents that a mob divides from their container", () => {
    const theirs = oracle("zon");
    const missed: string[] = [];
    for (const zone of world.zones) {
      const record = theirs.get(zone.vnum) ?? {};
      const { name, bottom, top, lifespanMinutes } = zone;
      expect(record).toMatchObject({
        name,
        bottom_room: bottom,
        top_room: top,
        lifespan: lifespanMinutes,
      });
      expect(record["reset_mode"]).toBe(["never", "when-empty", "always"].indexOf(zone.resetMode));
      const ours = flatResets(zone);
      // In zone 64 three chests are filled (P) after a mob (M) has been put beside them (O).
      const divided = zone.vnum === 64 ? ours.filter((line) => /^P .* (6416|6417|6418)$/.test(line)) : [];
      missed.push(...divided);
      expect(flatOracleResets(record)).toEqual(ours.filter((line) => !divided.includes(line)));
    }
    expect(missed).toHaveLength(6);
    expect(theirs.size).toBe(30);
  });

  test("names some numbers that lead nowhere, but none in the target of an exit and none in a reset", () => {
    const found = checkReferences(world).map(({ source, ...what }) => `${source.file}:${source.line} ${what.code} ${what.found}`);
    expect(found).toEqual([
      "wld/0.wld:22 missing_reference 1",
      "wld/31.wld:698 outside_zone room 3137",
      "wld/31.wld:731 outside_zone room 3138",
      "wld/31.wld:847 missing_reference 34",
      "wld/31.wld:882 missing_reference 34",
      "wld/35.wld:715 missing_reference 4",
      "wld/65.wld:690 outside_zone room 6545",
      "wld/71.wld:620 outside_zone room 7129",
      "wld/120.wld:997 missing_reference 12104",
      "obj/25.obj:129 missing_reference 1316",
      ...Array.from({ length: 10 }, (_, index) => `shp/54.shp:474 missing_reference ${5524 + index}`),
    ]);
    expect(world.rooms.flatMap(({ exits }) => exits).filter(({ targetVnum }) => targetVnum === null)).toHaveLength(22);
  });

  test("starts with the mobs, things and doors that its resets make", () => {
    const plan = planResets(world);
    expect(count(plan.instances.map(({ kind, place }) => `${kind} ${place.in === "room" ? "in room" : place.as}`))).toEqual({
      "mob in room": 1096,
      "object in room": 182,
      "object carried": 329,
      "object worn": 535,
      "object contained": 72,
    });
    expect(new Set(plan.instances.map(({ key }) => key)).size).toBe(2214);
    expect(count(plan.doors.map(({ state }) => state))).toEqual({
      open: 18,
      closed: 308,
      locked: 121,
    });
    expect(plan.complaints.map(({ code, source }) => `${source.file}:${source.line} ${code}`)).toEqual([
      "zon/15.zon:19 alignment_refused",
      "zon/150.zon:137 alignment_refused",
    ]);
    expect(planResets(world)).toEqual(plan);
  });
});

/** The extra description that is the last section of an object, with no affect after it. */
function closingExtra({ extraDescriptions, affects }: WorldObject): ExtraDescription | undefined {
  const last = extraDescriptions.at(-1);
  const lastAffect = affects.at(-1);
  return last === undefined || (lastAffect !== undefined && lastAffect.source.line > last.source.line) ? undefined : last;
}

function count(names: readonly string[]): Readonly<Record<string, number>> {
  const groups = Object.entries(Object.groupBy(names, (name) => name));
  return Object.fromEntries(groups.map(([name, all]) => [name, all?.length ?? 0]));
}
