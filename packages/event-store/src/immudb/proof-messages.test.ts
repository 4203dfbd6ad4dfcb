import { createRequire } from "node:module";
import type { DualProof, LogState, RawTransaction, TxHeader } from "@aethyr/proof";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeState, decodeVerifiableTx, encodeVerifiableTx, type VerifiableTx } from "./proof-messages.ts";
import { cursorOf } from "./raw-cursor.ts";
import { decodeDigests, encodeTxById, withExpired } from "./raw-expired.ts";
import { decodeRawTransactions, encodeRawTxScan } from "./raw-transactions.ts";
import { encodeDigests, encodeState, encodeTransactions, encodeVerifiable } from "./testing/encode-proof.ts";
import { encodeMessage, fieldsOf } from "./wire.ts";

type Generated = {
  deserializeBinary(bytes: Uint8Array): { toObject(): Record<string, unknown> };
  new (): { serializeBinary(): Uint8Array } & Record<string, (value: unknown) => void>;
};
const generated = createRequire(import.meta.url)("immudb-node/src/proto/schema_pb.js") as Record<string, Generated>;
const read = (name: string, bytes: Uint8Array): Record<string, unknown> => generated[name]?.deserializeBinary(bytes).toObject() ?? {};

const bytes = (maxLength: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength });
const digest = fc.uint8Array({ minLength: 32, maxLength: 32 });
const digests = fc.array(digest, { maxLength: 5 });
const u64 = (value: number): Buffer => {
  const out = Buffer.alloc(8);
  out.writeBigUInt64BE(BigInt(value));
  return out;
};

/** As immudb writes it: what is there, in this order. */
const entryMetadata = fc
  .record({ deleted: fc.boolean(), expiresAt: fc.option(fc.maxSafeNat()), nonIndexable: fc.boolean() })
  .map(({ deleted, expiresAt, nonIndexable }) =>
    Buffer.concat([
      Buffer.from(deleted ? [0] : []),
      ...(expiresAt === null ? [] : [Buffer.from([1]), u64(expiresAt)]),
      Buffer.from(nonIndexable ? [2] : []),
    ]),
  );
const txMetadata = fc
  .record({ truncated: fc.option(fc.maxSafeNat()), extra: fc.uint8Array({ maxLength: 256 }) })
  .map(({ truncated, extra }) =>
    Buffer.concat([
      ...(truncated ? [Buffer.from([0]), u64(truncated)] : []),
      ...(extra.length > 0 ? [Buffer.from([1, extra.length >> 8, extra.length & 0xff]), extra] : []),
    ]),
  );
const header: fc.Arbitrary<TxHeader> = fc.record({
  id: fc.maxSafeNat(),
  previous: digest,
  time: fc.maxSafeNat(),
  version: fc.constantFrom(0, 1),
  metadata: txMetadata,
  entries: fc.nat(2 ** 31 - 1),
  entriesRoot: digest,
  treeSize: fc.maxSafeNat(),
  treeRoot: digest,
});
const transaction: fc.Arbitrary<RawTransaction> = fc.record({
  header,
  entries: fc.array(fc.record({ key: bytes(300), value: bytes(3000), metadata: entryMetadata }), { maxLength: 5 }),
});
const dualProof: fc.Arbitrary<DualProof> = fc.record(
  {
    source: header,
    target: header,
    inclusion: digests,
    consistency: digests,
    targetTreeAlh: digest,
    lastInclusion: digests,
    linear: fc.record({ sourceTx: fc.maxSafeNat(), targetTx: fc.maxSafeNat(), terms: digests }),
    linearAdvance: fc.record({ terms: digests, inclusions: fc.array(digests, { maxLength: 4 }) }),
  },
  {
    requiredKeys: ["source", "target", "inclusion", "consistency", "targetTreeAlh", "lastInclusion", "linear"],
  },
);
const verifiable: fc.Arbitrary<VerifiableTx> = fc.record({
  header,
  entries: fc.array(fc.record({ key: bytes(300), metadata: entryMetadata, hValue: digest }), { maxLength: 5 }),
  proof: dualProof,
});
const state: fc.Arbitrary<LogState> = fc.record(
  { database: fc.string({ minLength: 1 }), tx: fc.maxSafeNat(), hash: digest, signature: bytes(80) },
  { requiredKeys: ["database", "tx", "hash"] },
);

/** Bytes as lists, so that views of any kind compare. */
const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_key, one: unknown) => (ArrayBuffer.isView(one) ? [...(one as Uint8Array)] : bufferless(one))));
const bufferless = (one: unknown): unknown =>
  typeof one === "object" && one !== null && "type" in one && one.type === "Buffer" && "data" in one ? one.data : one;

describe("what is written is read again", () => {
  test("transactions with their entries, metadata and prefix bytes", () => {
    fc.assert(
      fc.property(fc.array(transaction, { maxLength: 4 }), (txs) => {
        expect(plain(decodeRawTransactions(encodeTransactions(txs)))).toEqual(plain(txs));
      }),
    );
  });

  test("a transaction by digests, with its proof", () => {
    fc.assert(
      fc.property(verifiable, (tx) => {
        expect(plain(decodeVerifiableTx(encodeVerifiable(tx)))).toEqual(plain(tx));
        expect(plain(decodeDigests(encodeDigests(tx)))).toEqual(plain(tx.entries));
      }),
    );
  });

  test("a state, without the public key that comes with it", () => {
    fc.assert(
      fc.property(state, (one) => {
        expect(plain(decodeState(encodeState(one)))).toEqual(plain(one));
      }),
    );
  });

  test("fields that are not known, of any kind, are passed over", () => {
    const unknown = encodeMessage((out) => {
      out.number(900, 2 ** 50);
      out.text(901, "x");
    });
    const fixed = Buffer.from([0xb9, 0x38, 1, 2, 3, 4, 5, 6, 7, 8, 0xbd, 0x38, 1, 2, 3, 4]);
    fc.assert(
      fc.property(verifiable, (tx) => {
        const message = Buffer.concat([unknown, encodeVerifiable(tx), fixed]);
        expect(plain(decodeVerifiableTx(message))).toEqual(plain(tx));
      }),
    );
  });

  test("a damaged answer is refused or read as something; nothing else is thrown, and reading ends", () => {
    fc.assert(
      fc.property(
        verifiable,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 5 }),
        fc.boolean(),
        (tx, damage, cut) => {
          const message = encodeVerifiable(tx);
          for (const [at, byte] of damage) message[at % message.length] = byte;
          const given = cut ? message.subarray(0, (damage[0]?.[0] ?? 0) % message.length) : message;
          try {
            decodeVerifiableTx(given);
            decodeRawTransactions(given);
            decodeState(given);
          } catch (error) {
            expect(error).toBeInstanceOf(RangeError);
          }
        },
      ),
    );
  });
});

describe("messages that the generated code of immudb-node knows as well", () => {
  test("a header", () => {
    fc.assert(
      fc.property(header, (one) => {
        const [tx] = [...fieldsOf(encodeTransactions([{ header: one, entries: [] }]))];
        const [only] = [...fieldsOf(tx?.bytes ?? Buffer.of())];
        expect(read("TxMetadata", only?.bytes ?? Buffer.of())).toMatchObject({
          id: one.id,
          prevalh: Buffer.from(one.previous).toString("base64"),
          ts: one.time,
          nentries: one.entries,
          eh: Buffer.from(one.entriesRoot).toString("base64"),
          bltxid: one.treeSize,
          blroot: Buffer.from(one.treeRoot).toString("base64"),
        });
      }),
    );
  });

  test("a state", () => {
    const bytesOf = encodeState({ database: "log", tx: 7, hash: Buffer.alloc(32, 3), signature: Buffer.from("s") });
    expect(read("ImmutableState", bytesOf)).toMatchObject({
      db: "log",
      txid: 7,
      txhash: Buffer.alloc(32, 3).toString("base64"),
      signature: { signature: Buffer.from("s").toString("base64"), publickey: Buffer.from("a key").toString("base64") },
    });
  });

  test("what is asked for", () => {
    expect(read("VerifiableTxRequest", encodeVerifiableTx(9, 4))).toMatchObject({ tx: 9, provesincetx: 4 });
    expect(read("TxScanRequest", encodeRawTxScan(3, 50))).toMatchObject({ initialtx: 3, limit: 50 });
    expect(read("TxRequest", encodeTxById(8))).toMatchObject({ tx: 8 });
    const specs = [...fieldsOf(encodeRawTxScan(3, 50))].find(({ field }) => field === 4);
    expect([...(specs?.bytes ?? [])]).toEqual([0x0a, 2, 8, 2, 0x12, 2, 8, 2, 0x1a, 2, 8, 2]);
  });
});

describe("numbers", () => {
  test.each([-1n, -(2n ** 63n), 0n, 1n, 2n ** 62n])("a signed %s is read whole", (value) => {
    const varint = [];
    for (let rest = BigInt.asUintN(64, value); ; rest >>= 7n) {
      if (rest < 0x80n) {
        varint.push(Number(rest));
        break;
      }
      varint.push(Number(rest & 0x7fn) + 0x80);
    }
    const cursor = cursorOf(Buffer.from([0x08, ...varint]));
    cursor.field();
    expect(cursor.bigint()).toBe(value);
  });

  test("one that a float cannot hold is refused where an id is read, and passed over where it is not", () => {
    const huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];
    const cursor = cursorOf(Buffer.from([0x08, ...huge, 0x10, 1]));
    expect(cursor.field()).toBe(1);
    expect(() => cursor.number()).toThrow(RangeError);
    const passing = cursorOf(Buffer.from([0x08, ...huge, 0x10, 1]));
    passing.field();
    expect([passing.field(), passing.number(), passing.field()]).toEqual([2, 1, 0]);
  });

  test("a field of another kind than its number says is refused", () => {
    expect(() => decodeState(Buffer.from([0x08, 1]))).toThrow(RangeError);
    expect(() => decodeState(Buffer.from([0x12, 1, 1]))).toThrow(RangeError);
    expect(() => decodeState(Buffer.from([0x1a, 5, 1]))).toThrow(RangeError);
    expect(() => decodeState(Buffer.from([0x22, 5, 1]))).toThrow(RangeError);
    expect(() => decodeState(Buffer.from([0x0b, 5, 1]))).toThrow(RangeError);
    // A message inside another must end where that one says.
    expect(() => decodeRawTransactions(Buffer.from([0x0a, 2, 0x0a, 4, 0x08, 1, 0x08, 2]))).toThrow(RangeError);
    expect(() => decodeState(Buffer.from([0x22, 2, 0x12, 2, 7, 7]))).toThrow(RangeError);
  });

  test("a header of a version that there is not is refused", () => {
    const message = encodeMessage((out) => out.message(1, (tx) => tx.message(1, (one) => one.number(8, 2))));
    expect(() => decodeRawTransactions(message)).toThrow(/version 2/);
  });
});

describe("an entry that the server leaves out", () => {
  const [a, b, c] = ["a", "b", "c"].map((key) => ({ key: Buffer.from(key), value: Buffer.from("v"), metadata: Buffer.of() }));
  const expiring = Buffer.concat([Buffer.from([1]), u64(1)]);
  const digestOf = (key: string, metadata: Uint8Array = Buffer.of()) => ({ key: Buffer.from(key), metadata, hValue: Buffer.alloc(32, 9) });
  const given = { header: { ...fc.sample(header, 1)[0], entries: 3 } as TxHeader, entries: [a, c].flatMap((one) => one ?? []) };

  test("stands there by the hash of its value, in its place, if it can have expired", () => {
    const { entries } = withExpired(given, [digestOf("a"), digestOf("b", expiring), digestOf("c")]);
    expect(plain(entries)).toEqual(plain([a, { ...digestOf("b", expiring), value: Buffer.of() }, c]));
    expect(withExpired(given, [digestOf("a"), digestOf("b", Buffer.from([0, ...expiring])), digestOf("c")]).entries).toHaveLength(3);
  });

  test("stays left out if it cannot: that is for the verifier to find", () => {
    expect(withExpired(given, [digestOf("a"), digestOf("b"), digestOf("c")]).entries).toEqual([a, c]);
    expect(withExpired(given, [digestOf("a"), digestOf("b", Buffer.from([0])), digestOf("c")]).entries).toEqual([a, c]);
  });

  test("does not hide what was given and is not there", () => {
    expect(withExpired({ ...given, entries: [a, b, c].flatMap((one) => one ?? []) }, [digestOf("a")]).entries).toEqual([a, b, c]);
  });
});
