import { deepStrictEqual } from "node:assert/strict";
import { NotJsonError, type Json } from "@aethyr/kernel";
import fc from "fast-check";
import { Packr } from "msgpackr";
import { expect, test } from "vitest";
import { decode, encode } from "./codec.ts";
import { MalformedMessageError, TooLargeError } from "./errors.ts";
import { jsons } from "./test-arbitraries.ts";

const packed = "application/msgpack";
const text = "application/json";
const utf8 = (source: string): Uint8Array => new TextEncoder().encode(source);
const bytesOf = (...bytes: readonly number[]): Uint8Array => Uint8Array.from(bytes);

function failureOf(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}

test("a value is the same after a round trip in either content type", () => {
  fc.assert(
    fc.property(jsons, (value) => {
      // Not `toStrictEqual`, which takes a field called `constructor` for the class.
      deepStrictEqual(decode(encode(value, packed), packed), value);
      deepStrictEqual(decode(encode(value, text), text), value);
    }),
    { numRuns: 500 },
  );
});

test("what a plain msgpack packer of another make writes is read, whatever widths it picks", () => {
  const widest = new Packr({ useRecords: false });
  expect(decode(widest.pack({ a: [1, -1, 200, -200, 70_000, -70_000, 2 ** 40, 1.5] }), packed)).toStrictEqual({
    a: [1, -1, 200, -200, 70_000, -70_000, 2 ** 40, 1.5],
  });
  expect(decode(bytesOf(0xcf, 0, 0, 1, 0, 0, 0, 0, 7), packed)).toBe(2 ** 40 + 7);
  expect(decode(bytesOf(0xd3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe), packed)).toBe(-2);
  expect(decode(bytesOf(0xca, 0x3f, 0xc0, 0, 0), packed)).toBe(1.5);
  expect(decode(bytesOf(0xdd, 0, 0, 0, 1, 0xdf, 0, 0, 0, 1, 0xdb, 0, 0, 0, 1, 0x61, 0xc0), packed)).toStrictEqual([{ a: null }]);
  expect(decode(bytesOf(0xdc, 0, 1, 0xde, 0, 1, 0xda, 0, 1, 0x61, 0xc3), packed)).toStrictEqual([{ a: true }]);
});

test("large maps, arrays and strings travel", () => {
  const wide = Object.fromEntries(Array.from({ length: 70_000 }, (_, index) => [`key${index}`, index]));
  const long = "ä".repeat(70_000);
  for (const value of [wide, Array.from({ length: 70_000 }, () => 0), long]) {
    expect(decode(encode(value, packed), packed)).toStrictEqual(value);
    expect(decode(encode(value, text), text)).toStrictEqual(value);
  }
});

test("encoded bytes are the caller's own: later messages leave them alone, and a small message keeps no large memory", () => {
  const first = encode({ first: "message" }, packed);
  const copy = Uint8Array.from(first);
  encode("x".repeat(500_000), packed);
  const later = encode({ second: "message" }, packed);
  for (let index = 0; index < 2_000; index += 1) encode({ index }, packed);
  expect(first).toStrictEqual(copy);
  expect(first.buffer.byteLength).toBeLessThanOrEqual(64 * 1024);
  expect(later.buffer.byteLength).toBeLessThanOrEqual(64 * 1024);
});

test("reading leaves the bytes' owner no property on them", () => {
  const bytes = encode({ a: 1 }, packed);
  decode(bytes, packed);
  expect(Object.keys(bytes).filter((key) => Number.isNaN(Number(key)))).toStrictEqual([]);
});

test("writing what is no JSON value is the caller's bug, and is told so", () => {
  for (const value of [new Date(0), Number.NaN, 1n, undefined, { a: undefined }, new Map(), -0, "\ud800"]) {
    for (const type of [packed, text] as const) expect(() => encode(value as unknown as Json, type)).toThrow(NotJsonError);
  }
});

test("[G11] bytes over the limit are refused by their number, before they are read", () => {
  const error = failureOf(() => decode(new Uint8Array(101), text, 100));
  expect(error).toBeInstanceOf(TooLargeError);
  expect(error).toMatchObject({ code: "too_large", details: { limit: 100, actual: 101 } });
  expect(decode(utf8(" ".repeat(98) + "12"), text, 100)).toBe(12);
});

const lenient = new Packr({ useRecords: false, moreTypes: true, structuredClone: true, useBigIntExtension: true });
const nestedArrays = (depth: number): Uint8Array => Uint8Array.from({ length: depth + 1 }, (_, index) => (index === depth ? 0xc0 : 0x91));

test.each<readonly [string, Uint8Array]>([
  ["no bytes at all", bytesOf()],
  ["a truncated map", bytesOf(0x82, 0xa1, 0x61)],
  ["a truncated string", bytesOf(0xa5, 0x61)],
  ["a truncated float", bytesOf(0xcb, 0, 0)],
  ["a truncated length", bytesOf(0xdd, 0xff)],
  ["bytes after the value", bytesOf(0xc0, 0xc0)],
  ["a Date", lenient.pack({ at: new Date(0) })],
  ["a Set", lenient.pack(new Set([1]))],
  ["a RegExp", lenient.pack(/a/)],
  ["an Error", lenient.pack(new Error("no"))],
  ["undefined", lenient.pack({ a: undefined })],
  ["binary data", lenient.pack(Buffer.from("abc"))],
  ["a typed array", lenient.pack(new Float64Array(2))],
  ["a large bigint", lenient.pack(2n ** 80n)],
  ["an integer beyond what a double holds", lenient.pack(2n ** 60n)],
  ["a negative integer beyond what a double holds", lenient.pack(-(2n ** 60n))],
  ["a record definition", new Packr().pack([{ a: 1 }, { a: 2 }])],
  ["bundled strings", new Packr({ bundleStrings: true, useRecords: false }).pack({ some: "longer strings in a bundle" })],
  ["the unused type", bytesOf(0xc1)],
  ["NaN", lenient.pack(Number.NaN)],
  ["infinity", lenient.pack(Infinity)],
  ["minus zero", bytesOf(0xcb, 0x80, 0, 0, 0, 0, 0, 0, 0)],
  ["a number as key", bytesOf(0x81, 0x01, 0x02)],
  ["an array as key", bytesOf(0x81, 0x91, 0x01, 0x02)],
  ["a key twice", bytesOf(0x82, 0xa1, 0x61, 0x01, 0xa1, 0x61, 0x02)],
  ["a key twice, far inside", bytesOf(0x91, 0x81, 0xa1, 0x62, 0x82, 0xa1, 0x61, 0x01, 0xd9, 1, 0x61, 0x02)],
  ["a __proto__ key", bytesOf(0x81, 0xa9, ...utf8("__proto__"), 0x80)],
  ["a __proto__ key of another width", bytesOf(0x81, 0xd9, 9, ...utf8("__proto__"), 0x80)],
  ["a string that is not UTF-8", bytesOf(0xa2, 0xc3, 0x28)],
  ["an encoded surrogate", bytesOf(0xa3, 0xed, 0xa0, 0x80)],
  ["a key that is not UTF-8", bytesOf(0x81, 0xa1, 0xff, 0x01)],
  ["nesting beyond 64", nestedArrays(65)],
  ["nesting that would overflow a stack", nestedArrays(60_000)],
  ["an array said to be of four thousand million", bytesOf(0xdd, 0xff, 0xff, 0xff, 0xff, 0xc0)],
  ["a map said to be of four thousand million", bytesOf(0xdf, 0xff, 0xff, 0xff, 0xff, 0xa1, 0x61, 0xc0)],
  ["a string said to be of four gigabytes", bytesOf(0xdb, 0xff, 0xff, 0xff, 0xff, 0x61)],
])("[G11] msgpack with %s is malformed", (_, bytes) => {
  const error = failureOf(() => decode(bytes, packed));
  expect(error).toBeInstanceOf(MalformedMessageError);
  expect(error).toMatchObject({ code: "malformed" });
});

test("nesting of 64 is still read, in both content types", () => {
  expect(() => decode(nestedArrays(64), packed)).not.toThrow();
  expect(() => decode(utf8("[".repeat(64) + "]".repeat(64)), text)).not.toThrow();
});

test.each<readonly [string, Uint8Array]>([
  ["no bytes at all", utf8("")],
  ["a truncated object", utf8('{"a":1')],
  ["text after the value", utf8("{} {}")],
  ["a byte order mark", utf8("\ufeff{}")],
  ["invalid UTF-8", bytesOf(0x22, 0xc3, 0x28, 0x22)],
  ["half a surrogate pair", utf8('"\\ud800"')],
  ["NaN", utf8("NaN")],
  ["a number beyond a double", utf8("1e999")],
  ["minus zero", utf8("-0")],
  ["a key twice", utf8('{"a":1,"a":2}')],
  ["a key twice in another writing", utf8('{"a":1,"\\u0061":2}')],
  ["a key twice beside strings full of colons", utf8('{"a:\\":":":","b":{"c":"\\\\","c":1}}')],
  ["a __proto__ key", utf8('{"__proto__":{"admin":true}}')],
  ["nesting beyond 64", utf8("[".repeat(65) + "]".repeat(65))],
  ["nesting that would overflow a stack", utf8("[".repeat(60_000) + "]".repeat(60_000))],
])("[G11] JSON with %s is malformed", (_, bytes) => {
  const error = failureOf(() => decode(bytes, text));
  expect(error).toBeInstanceOf(MalformedMessageError);
  expect(error).toMatchObject({ code: "malformed" });
});

test("[G11] any bytes give a value or a typed error, and nothing leaks into the next message", () => {
  const known = { still: ["the", "same"], n: 1 };
  const good = encode(known, packed);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(packed, text), (bytes, type) => {
      const error = failureOf(() => encode(decode(bytes, type), type));
      if (error !== undefined) expect(error).toBeInstanceOf(MalformedMessageError);
      expect(decode(good, packed)).toStrictEqual(known);
    }),
    { numRuns: 2_000 },
  );
});

test("[G11] damaged messages give a value or a typed error", () => {
  const damage = fc.array(fc.record({ at: fc.nat(), to: fc.nat(255) }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(jsons, fc.constantFrom(packed, text), damage, fc.nat(), (value, type, changes, cut) => {
      const bytes = Uint8Array.from(encode(value, type));
      for (const change of changes) bytes[change.at % bytes.length] = change.to;
      for (const given of [bytes, bytes.subarray(0, cut % (bytes.length + 1))]) {
        const error = failureOf(() => encode(decode(given, type), type));
        if (error !== undefined) expect(error).toBeInstanceOf(MalformedMessageError);
      }
    }),
    { numRuns: 2_000 },
  );
});
