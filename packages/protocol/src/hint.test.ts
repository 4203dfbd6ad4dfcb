import { ref } from "@aethyr/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { InvalidSubjectError } from "./errors.ts";
import { decodeHint, encodeHint, type Hint, hintFilter, hintSubject } from "./hint.ts";
import { refs } from "./test-arbitraries.ts";

const places = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const hints: fc.Arbitrary<Hint> = fc.oneof(
  places.map((position): Hint => ({ kind: "head", position })),
  fc.tuple(refs, places).map(([stream, version]): Hint => ({ kind: "stream", stream, version })),
);

test("a hint has a subject of its world and a number, and is read back from them", () => {
  expect(hintSubject("midgaard", { kind: "head", position: 7_178 })).toBe("hint.midgaard.head");
  const stream: Hint = { kind: "stream", stream: ref("word.game", "en.1"), version: 3 };
  expect([hintSubject("midgaard", stream), encodeHint(stream)]).toStrictEqual(["hint.midgaard.stream.word%2Egame.en%2E1", "3"]);
  expect(hintFilter("midgaard")).toBe("hint.midgaard.>");
  fc.assert(
    fc.property(hints, (hint) => {
      expect(decodeHint(hintSubject("midgaard", hint), encodeHint(hint))).toStrictEqual(hint);
    }),
  );
});

test.each([
  ["hint.w.head", ""],
  ["hint.w.head", "0"],
  ["hint.w.head", "-1"],
  ["hint.w.head", "1.5"],
  ["hint.w.head", "9999999999999999"],
  ["hint.w.head.more", "1"],
  ["hint.W.head", "1"],
  ["hint.w.tail", "1"],
  ["hint.w.stream.room", "1"],
  ["hint.w.stream.room.hall.way", "1"],
  ["hint.w.stream.ro om.hall", "1"],
  ["evt.w.head", "1"],
])("[G11] %s with %j is no hint", (subject, text) => {
  expect(decodeHint(subject, text)).toBeUndefined();
});

test("[G11] a stream or a world that is none gets no subject", () => {
  expect(() => hintSubject("w", { kind: "stream", stream: ref("room", ">"), version: 1 })).toThrow(InvalidSubjectError);
  expect(() => hintSubject("W", { kind: "head", position: 1 })).toThrow(InvalidSubjectError);
  expect(() => hintFilter("a.b")).toThrow(InvalidSubjectError);
});
