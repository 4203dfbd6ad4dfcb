import { describe, expect, test } from "vitest";
import {
  checkpointOf,
  createMemoryLog,
  verifyLog,
  type LogRefusal,
  type ProvableLog,
  type RawTransaction,
  type VerifiedLog,
  type VerifyLogOptions,
} from "@aethyr/proof";
import { ensureServer } from "@aethyr/servers";
import { decodeRawTransactions } from "./raw-transactions.ts";
import { encodeDigests, encodeState, encodeVerifiable } from "./testing/encode-proof.ts";
import { below, liesAbout, liesAboutTransaction } from "./testing/lies.ts";
import { codeOf, flipped, lyingLog, plain, rounds, seed } from "./testing/lying-log.ts";
import { seeded } from "./testing/seeded.ts";

const immudb = await ensureServer("immudb");
const transactions = 90;
const time = "2026-01-02T03:04:05.000Z";

describe.skipIf(immudb === undefined)(`a server that lies about its log (seed ${seed})`, () => {
  const { log, liar, truth, pointOf, tell, honest, replaced } = lyingLog(transactions);

  /** What `verifyLog` says; an error counts as a refusal by its code. */
  async function verified(
    options?: VerifyLogOptions,
  ): Promise<VerifiedLog | LogRefusal | { readonly ok: false; readonly rule: string; readonly tx?: number }> {
    const reading: Promise<unknown>[] = [];
    const transactionsOf: ProvableLog["transactions"] = (from, limit) => {
      const page = log().transactions(from, limit);
      reading.push(page);
      return page;
    };
    try {
      return await verifyLog({ ...log(), transactions: transactionsOf }, options);
    } catch (error) {
      return { ok: false, rule: codeOf(error) };
    } finally {
      // It reads ahead, and what it has asked for is not to be answered with the next lie.
      for (let known = 0; known < reading.length;) {
        known = reading.length;
        await Promise.allSettled(reading);
      }
    }
  }
  const someTx = (random: () => number, ...always: number[]): readonly number[] => [
    ...new Set([...always, ...Array.from({ length: 3 * rounds }, () => 1 + below(random, transactions))]),
  ];

  test("[G10] about any part of a transaction is found, and the transaction is named", async () => {
    const random = seeded(seed);
    expect(await verified()).toMatchObject({ ok: true, to: transactions });
    const rules = new Map<string, number>();
    for (const tx of someTx(random, 1, 2, 64, 65, transactions)) {
      for (const { name, value } of liesAbout(truth()[tx - 1], random)) {
        if (value === undefined) continue;
        tell(replaced(tx, value));
        const found = await verified();
        expect(found, `${tx}: ${name}`).toMatchObject({ ok: false, tx });
        if (!found.ok) rules.set(found.rule, (rules.get(found.rule) ?? 0) + 1);
      }
    }
    for (const rule of ["gap", "chain", "history_tree", "entries", "malformed", "state", "unreadable"])
      expect(rules.get(rule), rule).toBeGreaterThan(0);
    honest();
  });

  test("[G10] that takes several changes is found, and the transaction is named", async () => {
    const random = seeded(seed + 1);
    for (const tx of someTx(random, 1, 2, 63, 64, 65, transactions)) {
      const found = truth()[tx - 1];
      if (!found) continue;
      for (const { name, value } of liesAboutTransaction(found, truth(), random)) {
        // By chance it may be the truth.
        if (plain(value) === plain([found])) continue;
        tell(replaced(tx, ...value));
        const answer = await verified();
        // One more than there are is missed where the page ends before it.
        if (value.length > 1 && tx === transactions) continue;
        // Where nothing of a transaction is its own, it and the one before bear witness against each other.
        const named = value.length > 1 ? [tx + 1] : name.startsWith("another") ? [tx - 1, tx] : [tx];
        expect(answer.ok, `${tx}: ${name}`).toBe(false);
        if (!answer.ok) expect(named, `${tx}: ${name}`).toContain(answer.tx);
      }
    }
  });

  test("[G10] about which transactions there are is found, and the first wrong one is named", async () => {
    const random = seeded(seed + 2);
    const all = truth();
    for (const tx of someTx(random, 1, 2, 63, 64, 65, transactions - 1)) {
      const [one, next] = all.slice(tx - 1, tx + 1);
      if (!one || !next) continue;
      for (const [name, told] of [
        ["left out", replaced(tx)],
        ["told twice", replaced(tx, one, one)],
        ["exchanged with the next", all.toSpliced(tx - 1, 2, next, one)],
        ["the end", all.slice(0, tx - 1)],
        ["the beginning again", [...all.slice(0, tx - 1), ...all]],
        ["backwards from there", [...all.slice(0, tx - 1), ...all.slice(tx - 1).toReversed()]],
      ] as const) {
        tell(told);
        const answer = await verified();
        const named = name === "told twice" || (name === "the beginning again" && tx === 1) ? tx + 1 : tx;
        if (name === "the beginning again" && tx === 1) expect(answer.ok).toBe(true);
        else expect(answer, `${tx}: ${name}`).toMatchObject({ ok: false, tx: named });
      }
    }
  });

  test("[G10] about its state is found", async () => {
    const random = seeded(seed + 3);
    const state = await log().state();
    const older = { ...pointOf(50), database: state.database };
    for (const { name, value } of [
      ...liesAbout({ tx: state.tx, hash: state.hash }, random),
      ...liesAbout({ tx: state.tx, hash: state.hash }, random),
    ]) {
      liar().lie("CurrentState", () => encodeState({ ...state, ...value }));
      expect(await verified(), name).toMatchObject({ ok: false });
    }
    liar().lie("CurrentState", () => encodeState({ ...state, database: "another" }));
    expect(await verified()).toMatchObject({ ok: false, rule: "corrupt_store" });
    // A shorter log is a log: only who knows that it was longer can tell.
    liar().lie("CurrentState", () => encodeState(older));
    expect(await verified()).toMatchObject({ ok: true, to: 50 });
    expect(await verified({ checkpoints: [checkpointOf(state, time)] })).toMatchObject({ ok: false, rule: "missing" });
  });

  test("[G10] with another history, all of whose hashes are right, is found by a checkpoint, and what lies between two of them is named", async () => {
    const state = await log().state();
    const checkpoints = [30, 60, transactions].map((tx) => checkpointOf({ ...pointOf(tx), database: state.database }, time));
    expect(await verified({ checkpoints })).toMatchObject({ ok: true, checkpoints: 3 });
    const forged = createMemoryLog(state.database);
    for (const { header, entries } of truth())
      forged.append(header.id === 45 ? entries.map((entry) => ({ ...entry, value: Buffer.from("\0{}") })) : entries, header.time);
    tell(await forged.transactions(1, 1000));
    expect(await verified()).toMatchObject({ ok: false, rule: "state" });
    const forgedState = await forged.state();
    liar().lie("CurrentState", () => encodeState(forgedState));
    expect(await verified()).toMatchObject({ ok: true });
    const found = await verified({ checkpoints });
    expect(found).toMatchObject({ ok: false, rule: "checkpoint", tx: 60, message: expect.stringContaining("31–60") as unknown });
    expect(await verified({ checkpoints: checkpoints.slice(0, 1) })).toMatchObject({ ok: true });
  });

  test("[G10] about where an audit begins or ends, or about what has expired, is found, or changes nothing", async () => {
    const random = seeded(seed + 4);
    const state = await log().state();
    const checkpoints = [checkpointOf({ ...pointOf(60), database: state.database }, time)];
    const [start, end] = [await log().prove(60, 60), await log().prove(transactions, 70)];
    const options = { from: 60, to: 70, checkpoints };
    expect(await verified(options)).toMatchObject({ ok: true, from: 60, to: 70, hash: pointOf(70).hash });
    for (const [proof, about] of [
      [start, 60],
      [end, transactions],
    ] as const)
      for (const { name, value } of liesAbout(proof, random)) {
        liar().lie("VerifiableTxById", (answer, { request }) => (request[1] === about ? encodeVerifiable(value) : answer));
        const answer = await verified(options);
        if (answer.ok) expect("hash" in answer && plain(answer.hash), name).toBe(plain(pointOf(70).hash));
      }
    honest();
    const [tx = 0] = someTx(random);
    const one = truth()[tx - 1];
    if (!one) throw new Error("no transaction");
    const [entry] = one.entries;
    if (!entry) throw new Error("no entry");
    tell(replaced(tx, { ...one, entries: one.entries.slice(1) }));
    const { entries } = await log().prove(tx, tx);
    for (const metadata of [[], [1, 0, 0, 0, 0, 0, 0, 0, 1], [0]]) {
      liar().lie("TxById", () =>
        encodeDigests({
          header: one.header,
          entries: entries.with(0, {
            ...(entries[0] ?? entry),
            hValue: entries[0]?.hValue ?? entry.key,
            metadata: Uint8Array.from(metadata),
          }),
        }),
      );
      expect(await verified()).toMatchObject({ ok: false, rule: "entries", tx });
    }
  });

  test("[G10] by a changed bit anywhere in an answer is found, or changes nothing that is read", async () => {
    const random = seeded(seed + 5);
    for (let round = 0; round < 150 * rounds; round += 1) {
      const told: { readonly answer: Buffer; readonly honest: Buffer }[] = [];
      liar().lie("TxScan", (answer) => {
        if (below(random, 2) === 0) return answer;
        const changed = flipped(answer, random);
        told.push({ answer: changed, honest: answer });
        return changed;
      });
      const found = await verified();
      if (!found.ok) {
        expect(found.tx, JSON.stringify(found)).toBeGreaterThan(0);
        continue;
      }
      // What cannot be read is asked for again, and so is what a page lacks at its end.
      for (const one of told) {
        const [read, right] = [readable(one.answer), decodeRawTransactions(one.honest)];
        expect(plain(read)).toBe(plain(right.slice(0, read.length)));
      }
    }
  });
});

function readable(answer: Buffer): readonly RawTransaction[] {
  try {
    return decodeRawTransactions(answer);
  } catch {
    return [];
  }
}
