import { ref } from "@aethyr/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { InvalidSubjectError } from "./errors.ts";
import { ownerSubject, parseSubject, subjectFilter, subjectOf, type SubjectKind } from "./subjects.ts";
import { refs } from "./test-arbitraries.ts";

const kinds = fc.constantFrom<SubjectKind>("queue", "request", "event", "dead-letter");
const worlds = fc.stringMatching(/^[a-z0-9-]{1,32}$/);

test("each lane and feed has its own root, and dots in names are escaped", () => {
  const target = ref("word.game", "en.2024-01.a");
  expect(subjectOf("queue", "midgaard", target)).toBe("cmd.midgaard.word%2Egame.en%2E2024-01%2Ea");
  expect(subjectOf("request", "midgaard", ref("room", "hall"))).toBe("req.midgaard.room.hall");
  expect(subjectOf("event", "midgaard", ref("room", "hall"))).toBe("evt.midgaard.room.hall");
  expect(subjectOf("dead-letter", "midgaard", ref("room", "hall"))).toBe("dlq.midgaard.room.hall");
});

test("a filter covers a world or one type of it", () => {
  expect(subjectFilter("event", "midgaard")).toBe("evt.midgaard.*.*");
  expect(subjectFilter("event", "midgaard", "word.game")).toBe("evt.midgaard.word%2Egame.*");
});

test("hosts ask each other by partition, on subjects that name no aggregate", () => {
  expect(ownerSubject("midgaard", 31)).toBe("own.midgaard.31");
  expect(parseSubject(ownerSubject("midgaard", 31))).toBeUndefined();
  expect(() => ownerSubject("mid*", 0)).toThrow(InvalidSubjectError);
});

test("parsing gives back what was built, and a subject has exactly four plain tokens", () => {
  fc.assert(
    fc.property(kinds, worlds, refs, (kind, world, target) => {
      const subject = subjectOf(kind, world, target);
      expect(parseSubject(subject)).toStrictEqual({ kind, world, target });
      expect(subject.split(".")).toHaveLength(4);
      expect(subject).toMatch(/^[A-Za-z0-9_.%-]+$/);
    }),
  );
});

test("nothing parses to another aggregate: what parses is built again as the same text", () => {
  const piece = fc.constantFrom(
    "cmd",
    "req",
    "evt",
    "dlq",
    ".",
    "%2E",
    "%2e",
    "%",
    "%25",
    "*",
    ">",
    " ",
    "\n",
    "a",
    "B",
    "-",
    "_",
    "ä",
    "",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      for (const subject of [pieces.join(""), `cmd.world.${pieces.join("")}`, `cmd.world.room.${pieces.join("")}`]) {
        const parsed = parseSubject(subject);
        if (parsed !== undefined) expect(subjectOf(parsed.kind, parsed.world, parsed.target)).toBe(subject);
      }
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ["nothing", ""],
  ["another root", "foo.world.room.hall"],
  ["a root of Object", "constructor.world.room.hall"],
  ["too few tokens", "cmd.world.room"],
  ["too many tokens", "cmd.world.room.hall.way"],
  ["a wildcard", "cmd.world.room.*"],
  ["a world in capitals", "cmd.World.room.hall"],
  ["an empty token", "cmd.world..hall"],
  ["an id that begins with a dot", "cmd.world.room.%2Ehall"],
  ["an escape in lower case", "cmd.world.room.a%2eb"],
  ["another escape", "cmd.world.room.a%2Ab"],
  ["a type of 33 characters", `cmd.world.${"r".repeat(33)}.hall`],
])("%s parses to nothing", (_, subject) => {
  expect(parseSubject(subject)).toBeUndefined();
});

test.each([
  ["world", "", ref("room", "hall")],
  ["world", "a.b", ref("room", "hall")],
  ["world", "x".repeat(33), ref("room", "hall")],
  ["type", "world", ref("*", "hall")],
  ["type", "world", ref("", "hall")],
  ["id", "world", ref("room", ">")],
  ["id", "world", ref("room", "a b")],
])("[G11] a %s that is none gets no subject (%j, %j)", (what, world, target) => {
  expect(() => subjectOf("queue", world, target)).toThrow(InvalidSubjectError);
  expect(() => subjectOf("queue", world, target)).toThrow(
    expect.objectContaining({ code: "invalid_subject", details: expect.objectContaining({ what }) }),
  );
  if (what === "world") expect(() => subjectFilter("queue", world)).toThrow(InvalidSubjectError);
});
