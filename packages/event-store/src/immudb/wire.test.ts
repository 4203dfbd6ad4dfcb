import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decodeEntries,
  decodeEntry,
  decodeTxs,
  encodeCreateDatabase,
  encodeGetAll,
  encodeScan,
  encodeSet,
  encodeTxScan,
} from "./messages.ts";
import { encodeMessage, fieldsOf } from "./wire.ts";

// The generated messages of immudb-node know most of the fields, and are somebody else's reading of the same schema.
type Generated = {
  deserializeBinary(bytes: Uint8Array): { toObject(): Record<string, unknown> };
  new (): { serializeBinary(): Uint8Array } & Record<string, (value: unknown) => void>;
};
const generated = createRequire(import.meta.url)("immudb-node/src/proto/schema_pb.js") as Record<string, Generated>;
const read = (name: string, bytes: Uint8Array): Record<string, unknown> => generated[name]?.deserializeBinary(bytes).toObject() ?? {};
const base64 = (text: string): string => Buffer.from(text).toString("base64");

const number = fc.oneof(fc.nat(300), fc.maxSafeNat());
const someField = fc.oneof(
  fc.record({ field: fc.integer({ min: 1, max: 1000 }), number: number.filter((value) => value > 0) }),
  fc.record({ field: fc.integer({ min: 1, max: 1000 }), bytes: fc.uint8Array({ maxLength: 3000 }) }),
);

describe("the wire codec", () => {
  test("fields are read as they were written, of any number, size and depth", () => {
    fc.assert(
      fc.property(fc.array(someField, { maxLength: 20 }), fc.nat(4), (fields, depth) => {
        const write = encodeMessage((out) => {
          const inner = (level: number): void => {
            if (level > 0) return out.message(7, () => inner(level - 1));
            for (const one of fields) {
              if ("number" in one) out.number(one.field, one.number);
              else out.bytes(one.field, one.bytes);
            }
          };
          inner(depth);
        });
        let message: Uint8Array = write;
        for (let level = 0; level < depth; level += 1) message = [...fieldsOf(message)][0]?.bytes ?? message;
        const found = [...fieldsOf(message)].map(({ field, number: value, bytes }) => ({ field, value, bytes: [...bytes] }));
        expect(found).toEqual(
          fields.map((one) =>
            "number" in one ? { field: one.field, value: one.number, bytes: [] } : { field: one.field, value: 0, bytes: [...one.bytes] },
          ),
        );
      }),
    );
  });

  test("zero, false and the empty text are left out; fields of fixed size are passed over", () => {
    const message = encodeMessage((out) => {
      out.number(1, 0);
      out.flag(2, false);
      out.text(3, "");
      out.text(4, "é");
    });
    expect([...message]).toEqual([0x22, 2, 0xc3, 0xa9]);
    const fixed = Buffer.from([0x09, 1, 2, 3, 4, 5, 6, 7, 8, 0x15, 1, 2, 3, 4, 0x18, 5]);
    expect([...fieldsOf(fixed)].map(({ field, number: value }) => [field, value])).toEqual([[3, 5]]);
  });

  test.each([
    ["ends inside a number", [0x08, 0x80]],
    ["ends inside bytes", [0x0a, 5, 1]],
    ["ends inside a fixed field", [0x09, 1]],
    ["has a kind that there is not", [0x0b]],
  ])("a message that %s is refused", (_what, bytes) => {
    expect(() => [...fieldsOf(Buffer.from(bytes))]).toThrow(RangeError);
  });
});

describe("messages as the generated code of immudb-node reads them", () => {
  test("a scan", () => {
    const bytes = encodeScan({
      prefix: Buffer.from("e/"),
      seek: Buffer.from("e/1"),
      inclusiveSeek: true,
      end: Buffer.from("e/9"),
      descending: true,
      limit: 300,
    });
    expect(read("ScanRequest", bytes)).toMatchObject({ prefix: base64("e/"), seekkey: base64("e/1"), desc: true, limit: 300 });
    expect(read("ScanRequest", encodeScan({ prefix: Buffer.from("e/"), limit: 1 }))).toMatchObject({ seekkey: "", desc: false, limit: 1 });
  });

  test("a set, whose preconditions it passes over", () => {
    const bytes = encodeSet(
      [
        { key: Buffer.from("k"), value: Buffer.from("v") },
        { key: Buffer.from("l"), value: Buffer.alloc(0) },
      ],
      [
        { kind: "mustExist", key: Buffer.from("a") },
        { kind: "mustNotExist", key: Buffer.from("b") },
        { kind: "notModifiedAfterTx", key: Buffer.from("c"), tx: 1 },
      ],
    );
    expect(read("SetRequest", bytes)).toMatchObject({
      nowait: true,
      kvsList: [
        { key: base64("k"), value: base64("v") },
        { key: base64("l"), value: "" },
      ],
    });
    const conditions = [...fieldsOf(bytes)].filter(({ field }) => field === 3).map(({ bytes: one }) => [...one]);
    expect(conditions).toEqual([
      [0x0a, 3, 0x0a, 1, 97],
      [0x12, 3, 0x0a, 1, 98],
      [0x1a, 5, 0x0a, 1, 99, 0x10, 1],
    ]);
  });

  test("several keys", () => {
    expect(read("KeyListRequest", encodeGetAll([Buffer.from("a"), Buffer.from("b")]))).toMatchObject({
      keysList: [base64("a"), base64("b")],
    });
  });

  test("transactions from an id on", () => {
    expect(read("TxScanRequest", encodeTxScan({ from: 5, limit: 7, descending: true, values: true }))).toMatchObject({
      initialtx: 5,
      limit: 7,
      desc: true,
    });
  });

  test("settings that are zero or false are still said", () => {
    const bytes = encodeCreateDatabase("log", { maxKeyLen: 256, maxTxEntries: 1024, syncFrequencyMs: 0, embeddedValues: false });
    const [, settings] = [...fieldsOf(bytes)];
    expect([...fieldsOf(settings?.bytes ?? Buffer.of())].map(({ field, bytes: value }) => [field, [...value]])).toEqual([
      [9, [8, 0x80, 2]],
      [11, [8, 0x80, 8]],
      [23, []],
      [30, []],
    ]);
  });
});

describe("answers of the server", () => {
  test("an entry that the generated code writes is read", () => {
    const entry = new (generated["Entry"] as Generated)();
    entry["setTx"]?.(2 ** 40);
    entry["setKey"]?.(Buffer.from("k"));
    entry["setValue"]?.(Buffer.from("v"));
    const bytes = entry.serializeBinary();
    expect(decodeEntry(bytes)).toMatchObject({ tx: 2 ** 40, revision: 0 });
    expect(Buffer.from(decodeEntry(bytes).value).toString()).toBe("v");
    const list = encodeMessage((out) => {
      out.bytes(1, bytes);
      out.bytes(2, bytes);
    });
    expect(decodeEntries(list)).toHaveLength(1);
  });

  test("entries of a transaction lose the server's prefix; one with metadata, or not of a key, is not plain", () => {
    const tx = encodeMessage((out) =>
      out.message(1, (one) => {
        one.message(1, (header) => header.number(1, 9));
        for (const [key, value, metadata] of [
          ["\0a", "\0x", ""],
          ["\0a", "\0x", "m"],
          ["\u0001a", "\0x", ""],
          ["\0a", "\u0001x", ""],
          ["\0a", "", ""],
        ] as const) {
          one.message(2, (entry) => {
            entry.bytes(1, Buffer.from(key));
            if (metadata !== "") entry.bytes(4, Buffer.from(metadata));
            entry.bytes(5, Buffer.from(value));
          });
        }
      }),
    );
    const [found] = decodeTxs(tx);
    expect(found?.id).toBe(9);
    expect(found?.entries.map(({ plain }) => plain)).toEqual([true, false, false, false, true]);
    expect(found?.entries.map(({ key, value }) => Buffer.concat([key, value]).toString())).toEqual(["ax", "ax", "ax", "ax", "a"]);
  });
});
