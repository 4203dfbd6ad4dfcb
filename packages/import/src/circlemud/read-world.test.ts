import fc from "fast-check";
import { expect, test } from "vitest";
import { checkReferences } from "./check-references.ts";
import { worldKinds } from "./index-file.ts";
import { planResets } from "./plan-resets.ts";
import { readWorld, type WorldReading } from "./read-world.ts";
import { lenientReading } from "./reading.ts";
import { failureOf, summary } from "./testing/failures.ts";
import { smallWorld, worldWith } from "./testing/small-world.ts";
import { WorldFileError } from "./world-file-error.ts";
import { filesInMemory } from "./world-files.ts";

const counts = ({ world }: WorldReading): unknown => Object.fromEntries(Object.entries(world).map(([kind, list]) => [kind, list.length]));

test("the small world reads without a complaint", () => {
  const reading = readWorld(worldWith());
  expect(counts(reading)).toEqual({ zones: 1, rooms: 2, mobs: 2, objects: 4, shops: 1 });
  expect(reading.complaints).toEqual([]);
  expect(readWorld(worldWith(), { lenient: true })).toEqual(reading);
});

test("only files that an index lists count, in the order of the index", () => {
  const room = (vnum: number): string => `#${vnum}\nN~\nT~\n1 0 0\nS\n$`;
  const { world } = readWorld(
    filesInMemory({
      ...Object.fromEntries(worldKinds.map((kind) => [`${kind}/index`, "$\n"])),
      "wld/index": "b.wld\na.wld\n$\nc.wld\n",
      "wld/a.wld": room(1),
      "wld/b.wld": room(2),
      "wld/c.wld": room(3),
    }),
  );
  expect(world.rooms.map(({ vnum, source }) => `${source.file} ${vnum}`)).toEqual(["wld/b.wld 2", "wld/a.wld 1"]);
});

test.each([
  ["a missing index", undefined, "file_missing mob/index:0"],
  ["a missing file", "1.mob\n2.mob\n$", "file_missing mob/index:2"],
  ["a path in place of a name", "../obj/1.obj\n$", "malformed_line mob/index:1"],
  ["the folder above", "..\n$", "malformed_line mob/index:1"],
  ["an index without its $", "1.mob\n", "unexpected_end mob/index:1"],
])("%s is a complaint", (_case, index, expected) => {
  const files = worldWith();
  const read = (path: string): string | undefined => (path === "mob/index" ? index : files.read(path));
  expect(failureOf(() => readWorld({ read }))).toBe(expected);
});

test("a number that two records have is a complaint at the second, and the first counts", () => {
  const mob = smallWorld.mob.replace("#101", "#100");
  expect(failureOf(() => readWorld(worldWith({ mob })))).toBe("duplicate_vnum mob/1.mob:12");
  const { world, complaints } = readWorld(worldWith({ mob }), { lenient: true });
  expect(world.mobs.map(({ keywords }) => keywords)).toEqual([["miller", "man"]]);
  expect(complaints.map(summary)).toEqual(["duplicate_vnum mob/1.mob:12"]);
});

test("a lenient reading of nothing is an empty world with a complaint for each index", () => {
  const reading = readWorld(filesInMemory({}), { lenient: true });
  expect(counts(reading)).toEqual({ zones: 0, rooms: 0, mobs: 0, objects: 0, shops: 0 });
  expect(reading.complaints.map(summary)).toEqual(worldKinds.map((kind) => `file_missing ${kind}/index:0`));
});

test("a lenient reading skips what an index lists in vain", () => {
  const files = worldWith();
  const read = (path: string): string | undefined => (path === "mob/index" ? "../x\n2.mob\n1.mob\n" : files.read(path));
  const reading = readWorld({ read }, { lenient: true });
  expect(counts(reading)).toMatchObject({ mobs: 2 });
  expect(reading.complaints.map(summary)).toEqual(["malformed_line mob/index:1", "unexpected_end mob/index:3", "file_missing mob/index:2"]);
});

test("a complaint reads as file, line, what was expected and what was found", () => {
  const broken = worldWith({ wld: smallWorld.wld.replace("1 d 0", "1 d") });
  expect(() => readWorld(broken)).toThrow('wld/1.wld:5: expected 3 fields "zone flags sector", found "1 d"');
});

test("a lenient reading gives up after too many complaints", () => {
  const files = worldWith({ wld: "rubbish\n#1\n#2\n#3\n" });
  expect(readWorld(files, { lenient: true, maxComplaints: 5 }).complaints).toHaveLength(5);
  expect(failureOf(() => readWorld(files, { lenient: true, maxComplaints: 4 }))).toBe("too_many_complaints wld/1.wld:0");
  expect(failureOf(() => readWorld(files, { lenient: true, maxComplaints: 2 }))).toBe("too_many_complaints wld/1.wld:4");
});

test("a bug is not taken for a complaint of the file", () => {
  const bug = (): never => {
    throw new TypeError("a bug");
  };
  expect(() => lenientReading([]).salvage(bug)).toThrow(TypeError);
});

test("errors of the port itself are not taken for complaints", () => {
  const read = (): string => {
    throw new TypeError("the disk is on fire");
  };
  expect(() => readWorld({ read }, { lenient: true })).toThrow(TypeError);
});

/** Does everything that can be done with a world, leniently and strictly; throws whatever is thrown. */
function exercise(texts: Parameters<typeof worldWith>[0]): void {
  const { world } = readWorld(worldWith(texts), { lenient: true });
  checkReferences(world);
  planResets(world);
  try {
    readWorld(worldWith(texts));
  } catch (error) {
    if (!(error instanceof WorldFileError)) throw error;
  }
}

const kind = fc.constantFrom(...worldKinds);

test("[G11] no file, however wild, makes the reader throw anything but a WorldFileError", () => {
  const token = fc.constantFrom(...Array.from("#$~SEAM01-*a \n\r"), "D0", "D9", "1d4+1", "\n#1\n", "0 0 0 S\n");
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 300 }),
    fc.array(token, { maxLength: 80 }).map((tokens) => tokens.join("")),
  );
  fc.assert(
    fc.property(kind, text, (name, wild) => {
      exercise({ [name]: wild });
    }),
    { numRuns: 500 },
  );
});

test("[G11] no change of a valid file makes the reader throw anything but a WorldFileError", () => {
  const put = fc.oneof(fc.constantFrom("", "\n", "~", "#1", "\n#100\n", "\nS\n", "$", "99999999999"), fc.string({ maxLength: 4 }));
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    cut: fc.nat({ max: 12 }),
    put,
  });
  fc.assert(
    fc.property(kind, fc.array(edit, { minLength: 1, maxLength: 4 }), (name, edits) => {
      let text = smallWorld[name];
      for (const change of edits) {
        const start = Math.floor(change.at * text.length);
        text = text.slice(0, start) + change.put + text.slice(start + change.cut);
      }
      exercise({ [name]: text });
    }),
    { numRuns: 1000 },
  );
});
