import { describe, expect, test } from "vitest";
import { verifyDualProof, verifyProvenTransaction, type Verdict } from "@aethyr/proof";
import { ensureServer } from "@aethyr/servers";
import { encodeVerifiable } from "./testing/encode-proof.ts";
import { below, liesAbout } from "./testing/lies.ts";
import { codeOf, flipped, lyingLog, plain, rounds, seed } from "./testing/lying-log.ts";
import { seeded } from "./testing/seeded.ts";

const immudb = await ensureServer("immudb");
const transactions = 25;

describe.skipIf(immudb === undefined)(`a server that lies about proofs (seed ${seed})`, () => {
  const { log, liar, pointOf } = lyingLog(transactions);

  /** By which rule or error a lie was found; "harmless" where what was read is the truth all the same. */
  async function found<T>(ask: () => Promise<T>, check: (answer: T) => Verdict, truth: T): Promise<string> {
    let answer: T;
    try {
      answer = await ask();
    } catch (error) {
      return codeOf(error);
    }
    const verdict = check(answer);
    if (!verdict.ok) return verdict.rule;
    return plain(answer) === plain(truth) ? "harmless" : "believed";
  }
  const somePairs = (random: () => number, count: number): (readonly [number, number])[] =>
    Array.from({ length: count }, () => [1 + below(random, transactions), 1 + below(random, transactions)] as const);

  test("[G10] about any part of a proven transaction is found", async () => {
    const random = seeded(seed);
    const count = new Map<string, number>();
    const pairs = [[1, 1], [1, 2], [2, 2], [2, 1], [5, 25], [25, 5], [16, 17], [25, 25], ...somePairs(random, 4 * rounds)] as const;
    for (const [tx, trusted] of pairs) {
      const honest = await log().prove(tx, trusted);
      const check = (answer: typeof honest): Verdict => verifyProvenTransaction(answer, tx, pointOf(trusted));
      expect(check(honest)).toEqual({ ok: true });
      for (const { name, value } of liesAbout(honest, random)) {
        liar().lie("VerifiableTxById", () => encodeVerifiable(value));
        const how = await found(() => log().prove(tx, trusted), check, honest);
        expect(["believed", "unavailable"], `${tx} against ${trusted}: ${name}`).not.toContain(how);
        count.set(how, (count.get(how) ?? 0) + 1);
      }
      liar().lie("VerifiableTxById", undefined);
    }
    // Every rule has had its lies.
    const rules = [
      "malformed",
      "elsewhere",
      "source_hash",
      "target_hash",
      "inclusion",
      "consistency",
      "last_inclusion",
      "linear",
      "entries",
    ];
    for (const rule of rules) expect(count.get(rule), rule).toBeGreaterThan(0);
  });

  test("[G10] about which transactions a proof is of is found", async () => {
    const pairs = somePairs(seeded(seed + 1), 20);
    for (const [tx, trusted] of pairs) {
      const [source, target] = [pointOf(Math.min(tx, trusted)), pointOf(Math.max(tx, trusted))];
      for (const [otherTx, otherTrusted] of pairs) {
        liar().lie("VerifiableTxById", undefined);
        const other = await log().prove(otherTx, otherTrusted);
        liar().lie("VerifiableTxById", () => encodeVerifiable(other));
        const sameEnds = Math.min(otherTx, otherTrusted) === source.tx && Math.max(otherTx, otherTrusted) === target.tx;
        const proven = verifyProvenTransaction(await log().prove(tx, trusted), tx, pointOf(trusted));
        expect(proven.ok, `${otherTx} against ${otherTrusted} for ${tx} against ${trusted}`).toBe(sameEnds && otherTx === tx);
        const consistent = verifyDualProof(await log().consistency(source.tx, target.tx), source, target);
        expect(consistent.ok, `${otherTx} against ${otherTrusted} for ${tx} against ${trusted}`).toBe(sameEnds);
      }
    }
    liar().lie("VerifiableTxById", undefined);
  });

  test("[G10] by a changed bit anywhere in an answer is found, or changes nothing that is read", async () => {
    const random = seeded(seed + 2);
    for (const [tx, trusted] of [[7, 20], [20, 7], [24, 25], ...somePairs(random, rounds)] as const) {
      liar().lie("VerifiableTxById", undefined);
      const honest = await log().prove(tx, trusted);
      liar().lie("VerifiableTxById", (answer) => flipped(answer, random));
      for (let round = 0; round < 200; round += 1) {
        const check = (answer: typeof honest): Verdict => verifyProvenTransaction(answer, tx, pointOf(trusted));
        expect(await found(() => log().prove(tx, trusted), check, honest), `round ${round}`).not.toBe("believed");
      }
    }
    liar().lie("VerifiableTxById", undefined);
  });
});
