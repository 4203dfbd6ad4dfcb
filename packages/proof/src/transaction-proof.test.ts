import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { digested } from "./entry.ts";
import { entryProver, verifyEntryInclusion } from "./entry-inclusion.ts";
import { alhOf, genesisTip, nextTransaction } from "./header.ts";
import { createMemoryLog } from "./memory-log.ts";
import type { LogState } from "./provable-log.ts";
import { sha256 } from "./sha256.ts";
import { signedPayload, verifyStateSignature } from "./signed-state.ts";
import { chainOf, entriesOf } from "./testing/chains.ts";
import { change, changed, relisted } from "./testing/mutate.ts";
import { verifyDigestedEntries, verifyProvenTransaction, verifyTransaction } from "./verify-transaction.ts";

const transactionOf = (count: number) => {
  const entries = entriesOf(1, count);
  const { header, alh } = nextTransaction(genesisTip, entries, 1_700_000_000);
  return { header, entries, digests: entries.map(digested), alh };
};

describe("[G10] an entry in its transaction", () => {
  test("is proven at its place, and at no other", () => {
    for (const count of [1, 2, 3, 5, 8, 13]) {
      const { header, digests } = transactionOf(count);
      for (const [leaf, entry] of digests.entries()) {
        const proof = entryProver(1, digests)(leaf);
        expect(verifyEntryInclusion(proof, header, entry)).toEqual({ ok: true });
        for (let at = 0; at < count; at += 1) {
          if (at === leaf) continue;
          expect(verifyEntryInclusion({ ...proof, leaf: at }, header, entry)).toMatchObject({ rule: "entry_inclusion" });
          expect(verifyEntryInclusion(proof, header, digests[at] ?? entry)).toMatchObject({ rule: "entry_inclusion" });
        }
      }
    }
    expect(() => entryProver(1, transactionOf(2).digests)(2)).toThrow(RangeError);
  });

  test("one changed byte, number or term of proof, header or entry is refused", () => {
    // Of a header only these concern its entries; the rest is the business of the proof of the header.
    const concerned = (path: string): boolean => !path.startsWith("header.") || /^header\.(entries|entriesRoot|version)/.test(path);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 17 }), fc.nat(), change, fc.nat(), fc.boolean(), (count, pick, how, list, twice) => {
        const { header, digests } = transactionOf(count);
        const leaf = pick % count;
        const parts = { proof: entryProver(1, digests)(leaf), header, entry: digests[leaf] ?? digests[0]! };
        const one = changed(parts, how, concerned);
        expect(verifyEntryInclusion(one.value.proof, one.value.header, one.value.entry), one.path).toMatchObject({ ok: false });
        const two = relisted(parts.proof, list, twice);
        if (two !== undefined) expect(verifyEntryInclusion(two.value, header, parts.entry)).toMatchObject({ ok: false });
      }),
      { numRuns: 500 },
    );
  });

  test("what has a length that it cannot have is no entry", () => {
    const { header, digests } = transactionOf(1);
    const [entry] = digests;
    if (entry === undefined) throw new Error("no entry");
    const proof = entryProver(1, digests)(0);
    for (const wrong of [{ key: new Uint8Array(65_536) }, { metadata: new Uint8Array(65_536) }, { hValue: new Uint8Array(33) }])
      expect(verifyEntryInclusion(proof, header, { ...entry, ...wrong })).toMatchObject({ rule: "malformed" });
    // Version 0 does not hash metadata: whatever stood there would pass.
    expect(verifyEntryInclusion(proof, { ...header, version: 0 }, { ...entry, metadata: Uint8Array.of(0) })).toMatchObject({
      rule: "malformed",
    });
  });
});

describe("[G10] a transaction", () => {
  const chain = chainOf(6);
  const raw = (tx: number) => ({ header: chain.header(tx), entries: chain.entries(tx) });

  test("is the one with its hash, value for value", () => {
    expect(verifyTransaction(raw(5), chain.point(5))).toEqual({ ok: true });
    expect(verifyTransaction(raw(5), chain.point(4))).toMatchObject({ rule: "elsewhere" });
    expect(verifyTransaction({ ...raw(5), entries: chain.entries(4) }, chain.point(5))).toMatchObject({ rule: "entries" });
    expect(verifyTransaction({ ...raw(5), entries: chain.entries(5).toReversed() }, chain.point(5))).toMatchObject({ rule: "entries" });
    expect(verifyTransaction(raw(5), { tx: 5, hash: sha256() })).toMatchObject({ rule: "transaction_hash" });
    const long = chain.entries(5).map((entry) => ({ ...entry, key: new Uint8Array(65_536) }));
    expect(verifyTransaction({ ...raw(5), entries: long }, chain.point(5))).toMatchObject({ rule: "malformed" });
    expect(verifyTransaction({ ...raw(5), header: { ...raw(5).header, treeSize: 9 } }, chain.point(5))).toMatchObject({
      rule: "malformed",
    });
  });

  test("with one changed byte, number or entry is refused", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), change, fc.nat(), fc.boolean(), (tx, how, pick, twice) => {
        const one = changed(raw(tx), how);
        expect(verifyTransaction(one.value, chain.point(tx)), one.path).toMatchObject({ ok: false });
        const two = relisted(raw(tx), pick, twice);
        if (two !== undefined) expect(verifyTransaction(two.value, chain.point(tx))).toMatchObject({ ok: false });
      }),
      { numRuns: 500 },
    );
  });

  test("is proven into a trusted point, older or newer, and refused when a byte of it is changed", async () => {
    const log = createMemoryLog();
    for (let tx = 1; tx <= 9; tx += 1) log.append(entriesOf(tx), tx);
    const points = await Promise.all([2, 5, 9].map(async (tx) => ({ tx, hash: alhOf((await log.prove(tx, tx)).header) })));
    for (const trusted of points) {
      for (let tx = 1; tx <= 9; tx += 1) {
        const proven = await log.prove(tx, trusted.tx);
        expect(verifyProvenTransaction(proven, tx, trusted)).toEqual({ ok: true });
        expect(verifyProvenTransaction(proven, tx + 1, trusted)).toMatchObject({ rule: "elsewhere" });
        fc.assert(
          fc.property(change, (how) => {
            const { value, path } = changed(proven, how);
            expect(verifyProvenTransaction(value, tx, trusted), path).toMatchObject({ ok: false });
          }),
          { numRuns: 60 },
        );
      }
    }
    const { header, entries } = await log.prove(3, 3);
    expect(verifyDigestedEntries({ ...header, entriesRoot: sha256() }, entries)).toMatchObject({ rule: "entries" });
    expect(verifyDigestedEntries(header, entries.slice(1))).toMatchObject({ rule: "entries" });
    // A writer who counted wrongly: the root is right.
    expect(verifyDigestedEntries({ ...header, entries: header.entries + 1 }, entries)).toMatchObject({ rule: "entries" });
    expect(verifyDigestedEntries({ ...header, id: 0 }, entries)).toMatchObject({ rule: "malformed" });
  });
});

describe("[G10] a signed state", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pemOf = (key: KeyObject): string => key.export({ type: "spki", format: "pem" }).toString();
  const pem = pemOf(publicKey);
  const unsigned: LogState = { database: "world", tx: 2 ** 35, hash: sha256() };
  const state: LogState = { ...unsigned, signature: sign("sha256", signedPayload(unsigned), privateKey) };

  test("what is signed is length and name of the database, transaction and hash", () => {
    expect(Buffer.from(signedPayload(unsigned)).toString("hex")).toBe(
      `00000005${Buffer.from("world").toString("hex")}0000000800000000${Buffer.from(sha256()).toString("hex")}`,
    );
  });

  test("is signed by the pinned key, whatever else was changed", () => {
    expect(verifyStateSignature(state, pem)).toEqual({ ok: true });
    expect(verifyStateSignature({ ...state, database: "World" }, pem)).toMatchObject({ rule: "signature" });
    expect(verifyStateSignature(unsigned, pem)).toMatchObject({ rule: "signature" });
    fc.assert(
      fc.property(change, (how) => {
        const { value, path } = changed(state, how);
        expect(verifyStateSignature(value, pem), path).toMatchObject({ ok: false });
      }),
    );
  });

  test("another key is refused, and so is what is no P-256 public key", () => {
    const another = generateKeyPairSync("ec", { namedCurve: "P-256" });
    expect(verifyStateSignature(state, pemOf(another.publicKey))).toMatchObject({ rule: "signature" });
    const curve = pemOf(generateKeyPairSync("ec", { namedCurve: "P-384" }).publicKey);
    const edwards = pemOf(generateKeyPairSync("ed25519").publicKey);
    for (const key of [curve, edwards, "no key", ""]) expect(verifyStateSignature(state, key)).toMatchObject({ rule: "pinned_key" });
  });

  test("a signature in the other usual form, or none at all, is refused", () => {
    const ieee = sign("sha256", signedPayload(unsigned), { key: privateKey, dsaEncoding: "ieee-p1363" });
    for (const signature of [ieee, new Uint8Array(), new Uint8Array(64)])
      expect(verifyStateSignature({ ...unsigned, signature }, pem)).toMatchObject({ rule: "signature" });
  });
});
