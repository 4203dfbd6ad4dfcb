import { describe, expect, test } from "vitest";
import type { KeyStore } from "@aethyr/kernel";
import { freshId } from "./samples.ts";

/** An adapter to hold against the contract; the suite closes every store it opens. */
export type KeyStoreSubject = {
  readonly name: string;
  readonly open: () => Promise<KeyStore>;
  /** Closes a store and opens it again on what it has kept. Left out by an adapter that keeps nothing. */
  readonly reopen?: (store: KeyStore) => Promise<KeyStore>;
};

/** What every key store must do, as a vitest suite. */
export function keyStoreContract({ name, open, reopen }: KeyStoreSubject): void {
  const forgotten = { code: "key_forgotten" };

  const withKeys = async (work: (keys: KeyStore) => Promise<void>): Promise<void> => {
    const keys = await open();
    try {
      await work(keys);
    } finally {
      await keys.close();
    }
  };

  describe(`the key store contract: ${name}`, () => {
    test("[D40] a subject gets one key of 32 bytes, the same ever after, and no other has it", () =>
      withKeys(async (keys) => {
        const [ada, grace] = await Promise.all([keys.obtain("player/ada"), keys.obtain("player/grace")]);
        expect(ada).toBeInstanceOf(Uint8Array);
        expect(ada).toHaveLength(32);
        expect(await keys.obtain("player/ada")).toEqual(ada);
        expect(await keys.find("player/ada")).toEqual(ada);
        expect(grace).not.toEqual(ada);
      }));

    test("to look for a key makes none", () =>
      withKeys(async (keys) => {
        expect(await keys.find("player/ada")).toBeUndefined();
        expect(await keys.find("player/ada")).toBeUndefined();
      }));

    test("many who ask for a new subject at once get the same key", () =>
      withKeys(async (keys) => {
        const all = await Promise.all(Array.from({ length: 20 }, () => keys.obtain("player/ada")));
        expect(new Set(all.map((key) => Buffer.from(key).toString("hex"))).size).toBe(1);
      }));

    test("[D40] a forgotten key is not found, and no other is ever made for its subject", () =>
      withKeys(async (keys) => {
        const other = await keys.obtain("player/grace");
        await keys.obtain("player/ada");
        await keys.forget("player/ada");
        expect(await keys.find("player/ada")).toBeUndefined();
        await expect(keys.obtain("player/ada")).rejects.toMatchObject(forgotten);
        await keys.forget("player/ada");
        await expect(keys.obtain("player/ada")).rejects.toMatchObject(forgotten);
        expect(await keys.obtain("player/grace")).toEqual(other);
      }));

    test("a subject that never had a key can be forgotten as well", () =>
      withKeys(async (keys) => {
        await keys.forget("player/ada");
        await expect(keys.obtain("player/ada")).rejects.toMatchObject(forgotten);
      }));

    test("a key that was handed out cannot be altered by who got it", () =>
      withKeys(async (keys) => {
        const key = await keys.obtain("player/ada");
        const copy = Uint8Array.from(key);
        key.fill(7);
        expect(await keys.find("player/ada")).toEqual(copy);
      }));

    test("subjects are told apart exactly; what cannot be one is refused", () =>
      withKeys(async (keys) => {
        const subjects = ["a", "a ", "A", "a/b", "á", "a\u0301", "'", freshId().repeat(10)];
        const made = await Promise.all(subjects.map((subject) => keys.obtain(subject)));
        expect(new Set(made.map((key) => Buffer.from(key).toString("hex"))).size).toBe(subjects.length);
        for (const bad of ["", "x".repeat(513), "\ud800"])
          await expect(keys.obtain(bad)).rejects.toMatchObject({ code: "invalid_request" });
      }));

    test("every call after close is refused with `closed`, and closing again does nothing", () =>
      withKeys(async (keys) => {
        await keys.close();
        await keys.close();
        for (const call of [keys.obtain("a"), keys.find("a"), keys.forget("a")])
          await expect(call).rejects.toMatchObject({ code: "closed" });
      }));

    if (reopen) {
      test("[D40] keys and what was forgotten are still so when the store is opened again", async () => {
        const before = await open();
        const key = await before.obtain("player/ada");
        await before.obtain("player/grace");
        await before.forget("player/grace");
        const after = await reopen(before);
        try {
          expect(await after.find("player/ada")).toEqual(key);
          await expect(after.obtain("player/grace")).rejects.toMatchObject(forgotten);
        } finally {
          await after.close();
        }
      });
    }
  });
}
