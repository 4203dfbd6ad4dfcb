import { generateKeyPairSync, sign } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkpointOf, type Checkpoint } from "./checkpoint.ts";
import { rawEventKey } from "./event-key.ts";
import { createMemoryLog } from "./memory-log.ts";
import type { ProvableLog } from "./provable-log.ts";
import { sha256 } from "./sha256.ts";
import { signedPayload } from "./signed-state.ts";
import { entriesOf, rawEntry } from "./testing/chains.ts";
import { eventEntry, eventLog, lying } from "./testing/event-log.ts";
import { change, changed } from "./testing/mutate.ts";
import type { RawEntry } from "./transaction.ts";
import { verifyLog } from "./verify-log.ts";

const log = eventLog(20);
const state = await log.state();
const transactions = await log.transactions(1, 1000);
const time = "2026-11-21T12:00:00.000Z";
/** The checkpoint that was made when the log was at a transaction. */
const checkpointAt = async (tx: number): Promise<Checkpoint> => await eventLog(tx - 1).checkpoint();

describe("[G10] verifying a log that nobody touched", () => {
  test("recomputes all of it, and says what it saw", async () => {
    const seen: number[] = [];
    const verdict = await verifyLog(log, { onProgress: ({ tx, to }) => seen.push(tx, to) });
    expect(verdict).toMatchObject({ ok: true, database: "world", from: 1, to: 21, checkpoints: 0, state });
    expect(verdict).toMatchObject({ hash: state.hash, entries: transactions.reduce((sum, { entries }) => sum + entries.length, 0) });
    expect(seen.slice(-2)).toEqual([21, 21]);
  });

  test("compares every checkpoint, in any order", async () => {
    const checkpoints = await Promise.all([13, 5, 21, 1, 5].map(checkpointAt));
    expect(await verifyLog(log, { checkpoints })).toMatchObject({ ok: true, checkpoints: 5 });
    expect(await verifyLog(log, { checkpoints, to: 13 })).toMatchObject({ ok: true, to: 13, checkpoints: 4 });
  });

  test("begins at the newest checkpoint up to where it is asked to", async () => {
    const checkpoints = await Promise.all([2, 6, 9, 16].map(checkpointAt));
    for (const [from, first] of [
      [1, 1],
      [2, 2],
      [5, 2],
      [6, 6],
      [8, 6],
      [15, 9],
      [21, 16],
      [99, 16],
    ] as const)
      expect(await verifyLog(log, { checkpoints, from })).toMatchObject({ ok: true, from: first, to: 21 });
    expect(await verifyLog(log, { from: 7 })).toMatchObject({ ok: true, from: 1 });
    for (let tx = 1; tx <= 21; tx += 1)
      expect(await verifyLog(log, { from: tx, checkpoints: [await checkpointAt(tx)] })).toMatchObject({
        ok: true,
        from: tx,
        checkpoints: 1,
      });
  });

  test("works on pages of any size", async () => {
    for (const most of [1, 3, 7])
      expect(await verifyLog({ ...log, transactions: (from, limit) => log.transactions(from, Math.min(limit, most)) })).toMatchObject({
        ok: true,
        to: 21,
      });
    const generous = lying(log, transactions);
    expect(await verifyLog({ ...generous, transactions: (from) => generous.transactions(from, 1000) }, { to: 4 })).toMatchObject({
      ok: true,
      to: 4,
    });
  });

  test("ends where the log was when it began, however fast that grows", async () => {
    const growing = createMemoryLog();
    for (let tx = 1; tx <= 300; tx += 1) growing.append(entriesOf(tx), tx);
    let appended = 300;
    const verdict = await verifyLog({
      ...growing,
      transactions: (from, limit) => {
        growing.append(entriesOf((appended += 1)), appended);
        return growing.transactions(from, limit);
      },
    });
    expect(verdict).toMatchObject({ ok: true, to: 300 });
    expect((await growing.state()).tx).toBe(appended);
  });
});

describe("[G10] verifying a log that was changed", () => {
  test("names the transaction of any changed byte or number", async () => {
    await fc.assert(
      fc.asyncProperty(change, async (how) => {
        const { value, path } = changed(transactions, how);
        const verdict = await verifyLog(lying(log, value));
        expect(verdict, path).toMatchObject({ ok: false, tx: Number(path.split(".")[0]) + 1 });
      }),
      { numRuns: 1500 },
    );
  });

  test("names the entry, where there is one or where the log still has the hashes of the values", async () => {
    const wrongValue = transactions.with(8, {
      ...transactions[8]!,
      entries: transactions[8]!.entries.with(1, eventEntry("room/hall", 1, 0, "forged")),
    });
    const key = Buffer.from(transactions[8]!.entries[1]!.key).toString("utf8", 1);
    expect(await verifyLog(lying(log, wrongValue))).toMatchObject({ rule: "entries", tx: 9, key });
    const sameKey = transactions[8]!.entries[1]!;
    const wrong = transactions.with(8, {
      ...transactions[8]!,
      entries: transactions[8]!.entries.with(1, { ...sameKey, value: Uint8Array.of(0, 1) }),
    });
    expect(await verifyLog(lying(log, wrong))).toMatchObject({ rule: "entries", tx: 9, key });
    // The log can no longer prove the transaction, so that nothing tells which of the entries it is.
    const unable: ProvableLog = { ...lying(log, wrong), prove: async () => Promise.reject(new Error("lost")) };
    const verdict = await verifyLog(unable);
    expect(verdict).toMatchObject({ rule: "entries", tx: 9 });
    expect(verdict).not.toHaveProperty("key");
    const only = transactions.with(0, { ...transactions[0]!, entries: [rawEntry("m/genesis", "[]")] });
    expect(await verifyLog({ ...unable, ...lying(unable, only) })).toMatchObject({ rule: "entries", tx: 1, key: "m/genesis" });
  });

  test("finds transactions that were left out, repeated or swapped, and entries that were", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 19 }), fc.nat({ max: 2 }), async (at, kind) => {
        const here = transactions[at]!;
        const [next] = transactions.slice(at + 1);
        const others = [transactions.toSpliced(at, 1), transactions.toSpliced(at, 0, here), transactions.toSpliced(at, 2, next!, here)];
        // A repeated one is only wrong as the next.
        const tx = at + (kind === 1 ? 2 : 1);
        expect(await verifyLog(lying(log, others[kind] ?? []))).toMatchObject({ ok: false, rule: "gap", tx });
        if (here.entries.length < 2) return;
        const entries = kind === 0 ? here.entries.slice(1) : kind === 1 ? [...here.entries, here.entries[0]!] : here.entries.toReversed();
        expect(await verifyLog(lying(log, transactions.with(at, { ...here, entries })))).toMatchObject({ rule: "entries", tx: at + 1 });
      }),
    );
  });

  test("finds a log that ends too early, whether or not it says so", async () => {
    const short = eventLog(14);
    expect(await verifyLog(lying(log, transactions.slice(0, 15)))).toMatchObject({ rule: "missing", tx: 16 });
    expect(await verifyLog(short, { to: 16 })).toMatchObject({ rule: "missing", tx: 16 });
    expect(await verifyLog(short)).toMatchObject({ ok: true });
    expect(await verifyLog(short, { checkpoints: [await checkpointAt(18)] })).toMatchObject({ rule: "missing" });
  });

  test("only a checkpoint finds a log that was written anew, and then between which transactions", async () => {
    // Everything from transaction 9 on was made again, with all its hashes.
    const forged = createMemoryLog("world");
    for (const { header, entries } of transactions)
      forged.append(header.id === 9 ? [...entries, rawEntry("more", "than before")] : entries, header.time);
    expect(await verifyLog(forged)).toMatchObject({ ok: true, to: 21 });
    const checkpoints = await Promise.all([3, 7, 13, 20].map(checkpointAt));
    expect(await verifyLog(forged, { checkpoints })).toMatchObject({
      rule: "checkpoint",
      tx: 13,
      message: expect.stringContaining("8–13"),
    });
    expect(await verifyLog(forged, { checkpoints, from: 15 })).toMatchObject({ rule: "checkpoint", tx: 13 });
    expect(await verifyLog(forged, { checkpoints, to: 12 })).toMatchObject({ ok: true, checkpoints: 2 });
  });

  test("finds a state that its transactions do not make, and one that what was looked at does not lead to", async () => {
    const claims = (hash: Uint8Array): ProvableLog => ({ ...log, state: async () => ({ ...state, hash }) });
    expect(await verifyLog(claims(sha256()))).toMatchObject({ rule: "state", tx: 21 });
    expect(await verifyLog(claims(sha256()), { to: 9 })).toMatchObject({ rule: "target_hash", tx: 9 });
    expect(await verifyLog(log, { to: 9 })).toMatchObject({ ok: true });
  });

  test("a log that lies about what was before a checkpoint is found out at it", async () => {
    const checkpoints = [await checkpointAt(12)];
    await fc.assert(
      fc.asyncProperty(change, async (how) => {
        const honest = await log.prove(12, 12);
        const concerned = (path: string): boolean => /^(header\.(previous|treeRoot)|proof\.(lastInclusion|targetTreeAlh))/.test(path);
        const { value, path } = changed(honest, how, concerned);
        const verdict = await verifyLog({ ...log, prove: async () => value }, { from: 12, checkpoints });
        expect(verdict, path).toMatchObject({ ok: false, tx: 12 });
      }),
    );
  });

  test("a log or a checkpoint of another database is refused", async () => {
    const other = { ...(await checkpointAt(5)), database: "elsewhere" };
    expect(await verifyLog(log, { checkpoints: [other] })).toMatchObject({ rule: "elsewhere" });
  });
});

describe("[G10] verifying what is sound by its hashes and yet wrong", () => {
  const written = (...transactions: readonly (readonly RawEntry[])[]) => {
    const made = createMemoryLog("world");
    transactions.forEach((entries, index) => made.append(entries, index));
    return made;
  };
  const hall = (version: number, index = 0) => eventEntry("room/hall", version, index);

  test.each<[string, RawEntry[], string]>([
    ["an event that is written a second time", [hall(2)], "event_order"],
    ["the first event again", [hall(1)], "event_order"],
    ["a version left out", [hall(4)], "event_order"],
    ["versions the wrong way round", [hall(4), hall(3)], "event_order"],
    ["a first event that is not version 1", [eventEntry("room/attic", 2)], "event_order"],
    ["an event that is to be deleted", [{ ...hall(3), metadata: Uint8Array.of(0) }], "event_entry"],
    ["an event that refers to another entry", [{ ...hall(3), value: Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x6b) }], "event_entry"],
    ["a key that only looks like an event's", [rawEntry("e/room/hall/3", "{}")], "event_entry"],
    ["version 0", [{ ...hall(3), key: rawEventKey("room/hall", 0) }], "event_entry"],
  ])("finds %s, with its transaction and key", async (_, entries, rule) => {
    const made = written([hall(1), hall(2, 1)], [rawEntry("e", "no event")], entries);
    expect(await verifyLog(made)).toMatchObject({ ok: false, rule, tx: 3, key: expect.stringMatching(/^e\/room/) });
  });

  test("from a checkpoint on, streams go on from any version, and still without gaps", async () => {
    const start = [hall(1), hall(2, 1)];
    const checkpoints = [checkpointOf(written(start, [hall(3)]).append([], 2), time)];
    expect(await verifyLog(written(start, [hall(3)], [], [hall(4)]), { from: 3, checkpoints })).toMatchObject({ ok: true, from: 3 });
    expect(await verifyLog(written(start, [hall(3)], [], [hall(4)], [hall(4)]), { from: 3, checkpoints })).toMatchObject({
      rule: "event_order",
      tx: 5,
    });
  });

  test("what has expired is proven by its hash, and only that", async () => {
    const expired = (hValue: Uint8Array, metadata: Uint8Array): RawEntry => ({
      ...rawEntry("other", ""),
      value: new Uint8Array(),
      hValue,
      metadata,
    });
    const expires = Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 9);
    expect(await verifyLog(written([expired(sha256(), expires)]))).toMatchObject({ ok: true });
    expect(await verifyLog(written([expired(sha256(), new Uint8Array())]))).toMatchObject({ rule: "malformed", tx: 1 });
    expect(await verifyLog(written([{ ...expired(sha256(), expires), value: Uint8Array.of(0) }]))).toMatchObject({
      rule: "malformed",
      tx: 1,
    });
    expect(await verifyLog(written([expired(sha256(), Uint8Array.of(0, ...expires))]))).toMatchObject({ ok: true });
  });
});

describe("verifying a log that fails", () => {
  const broken = (code: string, at: number): ProvableLog => ({
    ...log,
    transactions: async (from, limit) => {
      if (from <= at && at < from + limit) throw Object.assign(new Error("the page is damaged"), { code });
      return log.transactions(from, limit);
    },
  });

  test("[G10] names the transaction that the store calls damaged, having looked at all before it", async () => {
    for (const at of [1, 2, 13, 20, 21])
      expect(await verifyLog(broken("corrupt_store", at))).toMatchObject({
        rule: "unreadable",
        tx: at,
        message: expect.stringContaining("damaged"),
      });
    expect(await verifyLog(broken("corrupt_store", 14), { to: 13 })).toMatchObject({ ok: true });
    const dropped = broken("corrupt_store", 14);
    const both: ProvableLog = {
      ...dropped,
      transactions: async (from, limit) => (await dropped.transactions(from, limit)).filter(({ header }) => header.id !== 9),
    };
    expect(await verifyLog(both)).toMatchObject({ rule: "gap", tx: 9 });
  });

  test("rejects with any other error of the store", async () => {
    await expect(verifyLog(broken("unavailable", 13))).rejects.toMatchObject({ code: "unavailable" });
  });

  test("ends when it is told to, with the reason", async () => {
    const reason = new Error("enough");
    await expect(verifyLog(log, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const asked: number[] = [];
    const slow: ProvableLog = {
      ...log,
      transactions: async (from) => {
        asked.push(from);
        return log.transactions(from, 2);
      },
    };
    await expect(verifyLog(slow, { signal: controller.signal, onProgress: () => controller.abort(reason) })).rejects.toBe(reason);
    expect(asked.length).toBeLessThanOrEqual(3);
  });

  test("a range that cannot be is an error of the caller", async () => {
    await expect(verifyLog(log, { from: 0 })).rejects.toThrow(RangeError);
    await expect(verifyLog(log, { from: 9, to: 8 })).rejects.toThrow(RangeError);
  });
});

describe("[G10] verifying with a pinned key", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pinnedKey = publicKey.export({ type: "spki", format: "pem" }).toString();
  const signed = eventLog(6, "world", (of) => sign("sha256", signedPayload(of), privateKey));

  test("the state must be signed by it, and every checkpoint that is signed", async () => {
    const checkpoint = await signed.checkpoint();
    expect(checkpoint).toHaveProperty("signature");
    expect(await verifyLog(signed, { pinnedKey, checkpoints: [checkpoint, await checkpointAt(4)] })).toMatchObject({
      ok: true,
      checkpoints: 2,
    });
    expect(await verifyLog(log, { pinnedKey })).toMatchObject({ rule: "signature" });
    expect(await verifyLog(signed, { pinnedKey: "no key" })).toMatchObject({ rule: "pinned_key" });
    const stranger = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
    const forged = await eventLog(6, "world", (of) => sign("sha256", signedPayload(of), stranger)).checkpoint();
    expect(await verifyLog(signed, { pinnedKey, checkpoints: [forged] })).toMatchObject({ rule: "signature" });
  });
});
