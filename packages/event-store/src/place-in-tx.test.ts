import fc from "fast-check";
import { expect, test } from "vitest";
import { positionOf, positionsPerTransaction, txOf } from "./position.ts";
import { outcomePosition, placeOfNone, splitIndex, withIndex } from "./place-in-tx.ts";

test("a value with its place is still the same JSON, and both are read back", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(positionsPerTransaction - 1), (value, index) => {
      const text = JSON.stringify(value);
      const stored = withIndex(text, index);
      expect(JSON.parse(stored.toString())).toEqual(JSON.parse(text));
      const split = splitIndex(stored);
      expect([Buffer.from(split.bytes).toString(), split.index]).toEqual([text, index]);
    }),
  );
});

test("place 0 adds nothing, the last one five bytes", () => {
  expect(withIndex("{}", 0).toString()).toBe("{}");
  expect(withIndex("{}", positionsPerTransaction - 1)).toHaveLength(7);
});

test("[G3] the outcome of a command that changed nothing is at position 0 in any transaction, every other at its last event's", () => {
  expect(outcomePosition(7, splitIndex(withIndex("{}", placeOfNone)).index)).toBe(0);
  fc.assert(
    fc.property(fc.nat(2 ** 31), fc.nat(placeOfNone - 1), (tx, index) => {
      expect(outcomePosition(tx, index)).toBe(positionOf(tx, index));
    }),
  );
});

test("[D6] positions order events by transaction, then by place", () => {
  fc.assert(
    fc.property(fc.nat(2 ** 31), fc.nat(2 ** 31), fc.nat(1023), fc.nat(1023), (txA, txB, a, b) => {
      expect(positionOf(txA, a) < positionOf(txB, b)).toBe(txA < txB || (txA === txB && a < b));
      expect(txOf(positionOf(txA, a))).toBe(txA);
    }),
  );
});
