import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { digested, entriesRoot, entriesRootOf, entryDigest, hashOfValue, rawKey, rawValue } from "./entry.ts";
import { alhOf, genesisTip, innerHash, nextTransaction } from "./header.ts";
import { leafHash, nodeHash } from "./merkle.ts";
import { genesisAlh, sha256 } from "./sha256.ts";
import { chainOf, entriesOf, rawEntry } from "./testing/chains.ts";
import type { DigestedEntry, TxHeader } from "./transaction.ts";

/** The formats as they are documented, put together from hex text: another way than that of the code. */
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const number = (value: number, bytes: number): string =>
  BigInt.asUintN(bytes * 8, BigInt(value))
    .toString(16)
    .padStart(bytes * 2, "0");
const hashOfHex = (...parts: readonly string[]): string =>
  createHash("sha256")
    .update(Buffer.from(parts.join(""), "hex"))
    .digest("hex");
const bytes = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill);

const bytesOf = (maxLength: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength });
const hashes = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe("[G10] hashes of entries", () => {
  test("keys and values are stored behind a 00, text as UTF-8", () => {
    expect(hex(rawKey("e/å"))).toBe("00652fc3a5");
    expect(hex(rawValue(Uint8Array.of(1, 255)))).toBe("0001ff");
    expect(hex(hashOfValue(rawValue("{}")))).toBe(hashOfHex("007b7d"));
    expect(hex(genesisAlh)).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect(hex(sha256(Buffer.from("a"), Buffer.from("bc")))).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });

  test("the digest is over metadata, key and value, with lengths under version 1", () => {
    fc.assert(
      fc.property(bytesOf(700), bytesOf(20), hashes, (key, metadata, hValue) => {
        const one = hashOfHex(number(metadata.length, 2), hex(metadata), number(key.length, 2), hex(key), hex(hValue));
        expect(hex(entryDigest(1, { key, metadata, hValue }))).toBe(one);
        expect(hex(entryDigest(0, { key, metadata: bytes(0, 0), hValue }))).toBe(hashOfHex(hex(key), hex(hValue)));
      }),
    );
  });

  test("what the formats have no room for is refused", () => {
    const entry: DigestedEntry = { key: bytes(3, 1), metadata: bytes(0, 0), hValue: bytes(32, 2) };
    expect(() => entryDigest(1, { ...entry, key: bytes(65_536, 1) })).toThrow(RangeError);
    expect(() => entryDigest(1, { ...entry, metadata: bytes(65_536, 1) })).toThrow(RangeError);
    expect(() => entryDigest(0, { ...entry, metadata: bytes(1, 1) })).toThrow(RangeError);
    expect(() => entryDigest(1, { ...entry, hValue: bytes(31, 2) })).toThrow(RangeError);
    expect(() => entriesRoot([bytes(31, 2)])).toThrow(RangeError);
    expect(() => leafHash(bytes(31, 0))).toThrow(RangeError);
    expect(() => nodeHash(bytes(32, 0), bytes(33, 0))).toThrow(RangeError);
  });

  test("the root of 0–40 entries is that of RFC 6962, from digests and from the entries", () => {
    for (let count = 0; count <= 40; count += 1) {
      const entries = entriesOf(7, count);
      const digests = entries.map((entry) => entryDigest(1, digested(entry)));
      expect(hex(entriesRoot(digests))).toBe(hex(treeHead(digests)));
      expect(hex(entriesRootOf(1, entries))).toBe(hex(treeHead(digests)));
    }
    expect(entriesRootOf(0, [rawEntry("k", "v")])).toEqual(treeHead([entryDigest(0, digested(rawEntry("k", "v")))]));
  });
});

/** MTH of RFC 6962, as it is written there. */
function treeHead(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  if (only === undefined) return sha256();
  if (leaves.length === 1) return sha256(Uint8Array.of(0), only);
  let left = 1;
  while (left * 2 < leaves.length) left *= 2;
  return sha256(Uint8Array.of(1), treeHead(leaves.slice(0, left)), treeHead(leaves.slice(left)));
}

describe("[G10] hashes of headers", () => {
  const header: TxHeader = {
    id: 2 ** 40 + 3,
    previous: bytes(32, 0xaa),
    time: -5,
    version: 1,
    metadata: Uint8Array.of(7, 8),
    entries: 0x01020304,
    entriesRoot: bytes(32, 0xbb),
    treeSize: 2 ** 33 + 1,
    treeRoot: bytes(32, 0xcc),
  };

  test("version 1 and version 0 have their own forms, and the accumulated hash is over id, hash before and inner hash", () => {
    const tree = [number(2 ** 33 + 1, 8), hex(header.treeRoot)];
    const one = hashOfHex(number(-5, 8), "0001", "0002", "0708", "01020304", hex(header.entriesRoot), ...tree);
    expect(hex(innerHash(header))).toBe(one);
    expect(hex(alhOf(header))).toBe(hashOfHex(number(2 ** 40 + 3, 8), hex(header.previous), one));
    const old: TxHeader = { ...header, version: 0, metadata: bytes(0, 0), entries: 0x0102 };
    expect(hex(innerHash(old))).toBe(hashOfHex(number(-5, 8), "0000", "0102", hex(old.entriesRoot), ...tree));
  });

  test.each<[string, Partial<TxHeader>]>([
    ["id 0", { id: 0 }],
    ["half an id", { id: 1.5 }],
    ["a time without an end", { time: Number.NaN }],
    ["a version of the future", { version: 2 as 1 }],
    ["metadata that its length cannot tell", { metadata: bytes(65_536, 0) }],
    ["metadata under version 0", { version: 0, entries: 1 }],
    ["more entries than version 0 can tell", { version: 0, metadata: bytes(0, 0), entries: 65_536 }],
    ["fewer entries than none", { entries: -1 }],
    ["a tree over itself", { treeSize: header.id }],
    ["a tree of less than nothing", { treeSize: -1 }],
    ["a short root", { treeRoot: bytes(31, 0) }],
    ["a long hash before", { previous: bytes(33, 0) }],
    ["no root of its entries", { entriesRoot: bytes(0, 0) }],
  ])("a header with %s has no hash", (_, wrong) => {
    expect(() => innerHash({ ...header, ...wrong })).toThrow(RangeError);
    expect(() => alhOf({ ...header, ...wrong })).toThrow(RangeError);
  });

  test("a writer's next transaction follows the tip, under the history tree of all before it", () => {
    const chain = chainOf(9);
    let tip = genesisTip;
    for (let tx = 1; tx <= 9; tx += 1) {
      const { header: made, alh } = nextTransaction(tip, chain.entries(tx), 1_700_000_000 + tx);
      expect(made).toEqual(chain.header(tx));
      expect(alh).toEqual(chain.point(tx).hash);
      tip = { tx, hash: alh, treeRoot: chain.tree.rootAt(tx) };
    }
  });
});
