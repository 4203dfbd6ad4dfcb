import canonicalize from "canonicalize";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pathOf, ref, type Json, type NewEvent, type Snapshot } from "@aethyr/kernel";
import { decodeEvent, decodeSnapshot, encodeEvent, encodeSnapshot } from "./encoding.ts";

/** JSON values as the kernel takes them: no -0, no half surrogate pairs, no `__proto__` keys. */
const json: fc.Arbitrary<Json> = fc
  .jsonValue({ maxDepth: 6 })
  .map((value) => JSON.parse(JSON.stringify(value).replaceAll("__proto__", "proto")) as Json);
const text = fc.string({ unit: "binary", minLength: 1 }).filter((value) => value.isWellFormed());
const name = fc.stringMatching(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,31}$/);
const whole = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const time = fc.date({ min: new Date(0), max: new Date("9999-12-31"), noInvalidDate: true }).map((date) => date.toISOString());
const stream = fc.record({ type: name, id: name });
const event: fc.Arbitrary<NewEvent> = fc.record({
  id: text,
  type: text,
  schema: whole,
  machine: whole,
  time,
  data: json,
  meta: fc.record({ command: text, actor: fc.option(text), correlation: text, causation: fc.option(text) }),
});
const snapshot: fc.Arbitrary<Snapshot> = fc.record({
  stream,
  version: whole,
  time,
  machine: fc.record({ version: whole, structure: text }),
  state: fc.record({ status: fc.constantFrom("active", "done"), value: json, context: json }),
});

const sample: NewEvent = {
  id: "c/0",
  type: "RoomCreated",
  schema: 1,
  machine: 2,
  time: "2026-01-02T03:04:05.678Z",
  data: { name: "Hall", "€": [1e21, 0.5] },
  meta: { command: "c", actor: null, correlation: "c", causation: "b/0" },
};
const hall = ref("room", "hall");
const place = { stream: "room/hall", version: 7 };

describe("stored events", () => {
  test("are one flat object of canonical JSON, without the position", () => {
    expect(encodeEvent(hall, 7, sample)).toBe(
      '{"actor":null,"causation":"b/0","command":"c","correlation":"c","data":{"name":"Hall","€":[1e+21,0.5]},"id":"c/0","machine":2,"schema":1,' +
        '"stream":"room/hall","time":"2026-01-02T03:04:05.678Z","type":"RoomCreated","version":7}',
    );
  });

  test("are byte for byte what RFC 8785 makes of the whole envelope, and come back equal", () => {
    fc.assert(
      fc.property(stream, whole, event, fc.nat(), (at, version, given, position) => {
        const { meta, ...rest } = given;
        const stored = encodeEvent(at, version, given);
        expect(stored).toBe(canonicalize({ ...rest, ...meta, stream: pathOf(at), version }));
        const read = decodeEvent(stored, position, { stream: pathOf(at), version });
        expect(read).toEqual({ ...given, stream: at, version, position, bytes: Buffer.from(stored) });
        expect(decodeEvent(Uint8Array.from(Buffer.from(stored)), position)).toMatchObject({ ...given, version });
      }),
    );
  });

  test("keep data that is nested as deeply as the kernel allows", () => {
    let deep: Json = [];
    for (let depth = 1; depth < 64; depth += 1) deep = [deep];
    expect(decodeEvent(encodeEvent(hall, 1, { ...sample, data: deep }), 1).data).toEqual(deep);
    expect(
      decodeSnapshot(
        encodeSnapshot({
          stream: hall,
          version: 1,
          time: sample.time,
          machine: { version: 1, structure: "s" },
          state: { status: "active", value: deep, context: deep },
        }),
      ).state.value,
    ).toEqual(deep);
    expect(() => encodeEvent(hall, 1, { ...sample, data: [deep] })).toThrow(expect.objectContaining({ code: "not_json" }));
  });

  const valid = encodeEvent(hall, 7, sample);
  test.each([
    ["text that is no JSON", "{"],
    ["nothing", ""],
    ["JSON of another kind", "[1]"],
    ["a missing field", valid.replace('"id":"c/0",', "")],
    ["a field that we do not write", valid.replace('"id":', '"hash":"x","id":')],
    ["a version of 0", valid.replace('"version":7', '"version":0')],
    ["a schema that is text", valid.replace('"schema":1', '"schema":"1"')],
    ["a time that is none", valid.replace("2026-01-02T", "2026-13-02T")],
    ["a stream that is none", valid.replace("room/hall", "../hall")],
    ["a number that no value can carry", valid.replace("0.5", "1e999")],
    ["-0", valid.replace("0.5", "-0")],
    ["a __proto__ key", valid.replace('"name"', '"__proto__"')],
    ["half a surrogate pair", valid.replace("Hall", "\\ud800")],
  ])("[D16] with %s are refused, naming stream and version", (_what, stored) => {
    expect(() => decodeEvent(stored, 1, place)).toThrow(
      expect.objectContaining({ code: "corrupt_store", details: place, message: expect.stringContaining("room/hall@7") }),
    );
  });

  test("[D16] whose bytes are no UTF-8 are refused, not repaired", () => {
    const bytes = Buffer.from(valid.replace("Hall", "H\u00e9ll"));
    bytes[bytes.indexOf(0xc3)] = 0xff;
    expect(() => decodeEvent(bytes, 1, place)).toThrow(expect.objectContaining({ code: "corrupt_store" }));
  });

  test("[D16] that say they belong elsewhere than where they lie are refused", () => {
    expect(() => decodeEvent(valid, 1, { ...place, version: 8 })).toThrow("stored as room/hall@8 says that it is room/hall@7");
    expect(() => decodeEvent(valid, 1, { ...place, stream: "room/attic" })).toThrow(expect.objectContaining({ code: "corrupt_store" }));
    expect(decodeEvent(valid, 1, place).version).toBe(7);
  });

  test("cannot be made of half a surrogate pair", () => {
    expect(() => encodeEvent(hall, 1, { ...sample, id: "\ud800" })).toThrow(
      expect.objectContaining({ code: "not_json", details: { path: "id" } }),
    );
  });
});

describe("stored snapshots", () => {
  test("are byte for byte what RFC 8785 makes of them, and come back equal", () => {
    fc.assert(
      fc.property(snapshot, (given) => {
        const stored = encodeSnapshot(given);
        expect(stored).toBe(canonicalize({ ...given, stream: pathOf(given.stream) }));
        expect(decodeSnapshot(stored, { stream: pathOf(given.stream), version: given.version })).toEqual(given);
      }),
    );
  });

  test("of another form or place are refused, naming stream and version", () => {
    const [given] = fc.sample(snapshot, 1);
    if (given === undefined) throw new Error("no sample");
    const stored = encodeSnapshot(given);
    expect(() => decodeSnapshot(stored.replace('"machine"', '"engine"'), place)).toThrow(
      expect.objectContaining({ code: "corrupt_store", details: place }),
    );
    expect(() => decodeSnapshot(stored, place)).toThrow("room/hall@7");
  });
});
