import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { digested } from "../entry.ts";
import { alhOf } from "../header.ts";
import type { ProvableLog } from "../provable-log.ts";
import type { RawTransaction } from "../transaction.ts";
import { verifyDualProof } from "../verify-dual-proof.ts";
import { verifyLog } from "../verify-log.ts";
import { verifyProvenTransaction, verifyTransaction } from "../verify-transaction.ts";

/** A log to look at, and a way to make it longer. */
export type LogUnderTest = {
  readonly log: ProvableLog;
  /** Adds at least so many transactions, with some entries each, durable when resolved. */
  readonly write: (transactions: number) => Promise<void>;
  readonly close?: () => Promise<void>;
};

/** An adapter to hold against the contract. */
export type ProvableLogSubject = {
  readonly name: string;
  /** A log of its own, which may have transactions already. */
  readonly open: () => Promise<LogUnderTest>;
};

/** What every provable log must do, as a vitest suite. It calls `open` once. */
export function provableLogContract({ name, open }: ProvableLogSubject): void {
  describe(`the provable log contract: ${name}`, () => {
    let subject: LogUnderTest;
    const log = (): ProvableLog => subject.log;

    beforeAll(async () => {
      subject = await open();
      await subject.write(9);
    });
    afterAll(async () => subject?.close?.());

    const transaction = async (tx: number): Promise<RawTransaction> => {
      const [found] = await log().transactions(tx, 1);
      if (found === undefined) throw new Error(`there is no transaction ${tx}`);
      return found;
    };
    const pointAt = async (tx: number) => ({ tx, hash: alhOf((await transaction(tx)).header) });
    /** Everything, however little of it the log gives at a time. */
    const all = async (): Promise<RawTransaction[]> => {
      const found: RawTransaction[] = [];
      for (let page = await log().transactions(1, 1000); page.length > 0; page = await log().transactions(found.length + 1, 1000))
        found.push(...page);
      return found;
    };

    test("[G10] the state is the hash of the newest transaction, under one name, and grows with the log", async () => {
      const before = await log().state();
      expect(await pointAt(before.tx)).toEqual({ tx: before.tx, hash: Buffer.from(before.hash) });
      await subject.write(1);
      const after = await log().state();
      expect(after.tx).toBeGreaterThan(before.tx);
      expect(after.database).toBe(before.database);
      expect(after.database).not.toBe("");
    });

    test("[G10] transactions come in order, from the first, without gaps, with the entries that their hashes are over", async () => {
      const { tx } = await log().state();
      const found = await all();
      expect(found.map(({ header }) => header.id)).toEqual(Array.from({ length: tx }, (_, index) => index + 1));
      for (const each of found) {
        expect(verifyTransaction(each, { tx: each.header.id, hash: alhOf(each.header) })).toEqual({ ok: true });
        expect(each.header.treeSize).toBe(each.header.id - 1);
      }
    });

    test("[G10] a page begins where it is asked to and holds no more than it is asked for; past the end it is empty", async () => {
      const { tx } = await log().state();
      const page = await log().transactions(3, 4);
      expect(page[0]?.header.id).toBe(3);
      expect(page.length).toBeLessThanOrEqual(4);
      expect((await log().transactions(tx, 1000)).map(({ header }) => header.id)).toEqual([tx]);
      expect(await log().transactions(tx + 1, 10)).toEqual([]);
      expect(await log().transactions(tx + 100, 10)).toEqual([]);
    });

    test("pages of no, of less than no, and of more than 1000 transactions are refused", async () => {
      for (const limit of [0, -1, 1001]) await expect(log().transactions(1, limit)).rejects.toThrow();
      await expect(log().transactions(0, 1)).rejects.toThrow();
    });

    test("[G10] every transaction is proven into every other one, older or newer", async () => {
      const { tx: newest } = await log().state();
      for (const trusted of [1, 2, 5, newest])
        for (let tx = 1; tx <= newest; tx += 1) {
          const verdict = verifyProvenTransaction(await log().prove(tx, trusted), tx, await pointAt(trusted));
          expect(verdict, `${tx} against ${trusted}`).toEqual({ ok: true });
        }
    });

    test("[G10] a proof has the entries of its transaction, in their order", async () => {
      const { header, entries } = await transaction(4);
      const proven = await log().prove(4, 7);
      expect(proven.header).toEqual(header);
      expect(proven.entries.map(plain)).toEqual(entries.map(digested).map(plain));
    });

    test("[G10] every transaction leads to every later one", async () => {
      const { tx: newest } = await log().state();
      for (let to = 1; to <= newest; to += 1)
        for (let from = 1; from <= to; from += 1) {
          const verdict = verifyDualProof(await log().consistency(from, to), await pointAt(from), await pointAt(to));
          expect(verdict, `${from}–${to}`).toEqual({ ok: true });
        }
    });

    test("what there is no proof of is refused", async () => {
      const { tx } = await log().state();
      await expect(log().prove(tx + 1, 1)).rejects.toThrow();
      await expect(log().prove(1, tx + 1)).rejects.toThrow();
      await expect(log().prove(0, 1)).rejects.toThrow();
      await expect(log().consistency(3, 2)).rejects.toThrow();
      await expect(log().consistency(1, tx + 1)).rejects.toThrow();
    });

    test("[G10] the whole log is what it says it is", async () => {
      const { tx } = await log().state();
      expect(await verifyLog(log())).toMatchObject({ ok: true, from: 1, to: tx });
    });

    const plain = ({ key, metadata, hValue }: ReturnType<typeof digested>) =>
      [key, metadata, hValue].map((bytes) => Buffer.from(bytes).toString("hex"));
  });
}
