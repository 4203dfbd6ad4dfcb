import { expect, test } from "vitest";
import { readFields } from "../../immudb/wire.ts";
import { encodeBareSet } from "./set-request.ts";

const textsIn = (message: Uint8Array): readonly (string | number)[] =>
  [...readFields(message)].map(({ bytes, number }) => (bytes.length > 0 ? Buffer.from(bytes).toString() : number));

test("a bare `Set` reads as its entries, no wait for the index, and its conditions, also where lengths and numbers need several bytes", () => {
  const long = "x".repeat(20_000);
  const request = encodeBareSet({
    entries: [
      ["e/a/1", long],
      ["a/a", "0"],
    ],
    exist: ["e/a/0".padEnd(150, "0")],
    unwritten: [["fence/1/0", 3_000_000]],
  });
  const fields = [...readFields(request)];
  expect(fields.map(({ field }) => field)).toEqual([1, 1, 2, 3, 3]);
  const [first, marker, noWait, exists, untouched] = fields;
  expect(textsIn(first!.bytes)).toEqual(["e/a/1", long]);
  expect(textsIn(marker!.bytes)).toEqual(["a/a", "0"]);
  expect(noWait?.number).toBe(1);
  const conditions = [exists, untouched].map((field) => [...readFields(field!.bytes)][0]!);
  expect(conditions.map(({ field, bytes }) => [field, textsIn(bytes)])).toEqual([
    [1, ["e/a/0".padEnd(150, "0")]],
    [3, ["fence/1/0", 3_000_000]],
  ]);
});
