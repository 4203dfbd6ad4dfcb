import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import {
  alhOf,
  verifyDualProof,
  verifyProvenTransaction,
  verifyStateSignature,
  verifyTransaction,
  type ChainPoint,
  type ProvableLog,
} from "@aethyr/proof";
import { provableLogContract } from "@aethyr/proof/contract";
import { ensureServer, startImmudb } from "@aethyr/servers";
import { freshRef, newEvents, write } from "../contract/samples.ts";
import type { EventStore } from "../event-store.ts";
import { openImmudbEventStore } from "./immudb-event-store.ts";
import { initImmudb } from "./init.ts";
import { openImmudbLog } from "./proof-log.ts";
import { testServer } from "./testing/test-server.ts";
import { encodeMessage } from "./wire.ts";

const immudb = await ensureServer("immudb");

/** Every transaction with the hash that its header makes, after its entries were found to be those of the header. */
async function pointsOf(log: ProvableLog, limit = 1000): Promise<readonly ChainPoint[]> {
  const points: ChainPoint[] = [];
  for (;;) {
    const page = await log.transactions(points.length + 1, limit);
    if (page.length === 0) return points;
    for (const transaction of page) {
      const point = { tx: points.length + 1, hash: alhOf(transaction.header) };
      expect(verifyTransaction(transaction, point)).toEqual({ ok: true });
      points.push(point);
    }
  }
}

async function append(store: EventStore, transactions: number, events = 3): Promise<void> {
  for (let made = 0; made < transactions; made += 1)
    await store.append([{ writes: [write(freshRef(), "no-stream", newEvents(1 + (made % events)))] }]);
}

describe.skipIf(immudb === undefined)("proofs of a real immudb", () => {
  const { server, fresh, raw } = testServer();

  provableLogContract({
    name: "immudb",
    open: async () => {
      const store = await openImmudbEventStore(fresh());
      return { log: store.proof, write: (transactions) => append(store, transactions), close: () => store.close() };
    },
  });

  test("[G10] the proof between any two transactions is accepted, and between any other two it is not", async () => {
    const store = await openImmudbEventStore(fresh());
    await append(store, 40);
    const points = await pointsOf(store.proof, 7);
    expect(points.at(-1)).toEqual({ tx: (await store.proof.state()).tx, hash: Buffer.from((await store.proof.state()).hash) });
    for (const source of points)
      for (const target of points.slice(source.tx - 1)) {
        // All of the beginning, where trees of all shapes are, then some.
        if (target.tx > 12 && (source.tx * 7 + target.tx) % 5 !== 0) continue;
        const proof = await store.proof.consistency(source.tx, target.tx);
        expect(verifyDualProof(proof, source, target)).toEqual({ ok: true });
        const other = points[target.tx % points.length] ?? source;
        if (other.tx !== target.tx) expect(verifyDualProof(proof, source, other).ok).toBe(false);
        const [back, forth] = await Promise.all([store.proof.prove(source.tx, target.tx), store.proof.prove(target.tx, source.tx)]);
        expect(verifyProvenTransaction(back, source.tx, target)).toEqual({ ok: true });
        expect(verifyProvenTransaction(forth, target.tx, source)).toEqual({ ok: true });
        if (other.tx !== target.tx) expect(verifyProvenTransaction(back, source.tx, other).ok).toBe(false);
      }
    await store.close();
  });

  test("[G10] expired, deleted, referenced and sorted entries do not break the chain", async () => {
    const options = fresh();
    const store = await openImmudbEventStore(options);
    await append(store, 1);
    const bytes = (text: string): Buffer => Buffer.from(text);
    const expiring = (key: string, seconds: number): Buffer =>
      encodeMessage((out) => {
        for (const [name, expiresAt] of [
          [`${key}-before`, 0],
          [key, Math.floor(Date.now() / 1000) + seconds],
          [`${key}-after`, 0],
        ] as const)
          out.message(1, (entry) => {
            entry.bytes(1, bytes(name));
            entry.bytes(2, bytes("value"));
            if (expiresAt > 0) entry.message(3, (metadata) => metadata.message(2, (expiration) => expiration.number(1, expiresAt)));
          });
      });
    await raw(options.database, async (session) => {
      await session.command("Set", expiring("later", 10_000));
      await session.command("Set", expiring("soon", 1));
      const reference = encodeMessage((out) => {
        out.bytes(1, bytes("reference"));
        out.bytes(2, bytes("later"));
      });
      await session.command("SetReference", reference);
      const sorted = encodeMessage((out) => {
        out.bytes(1, bytes("set"));
        out.bytes(3, bytes("later"));
        out.flag(6, true);
      });
      await session.command("ZAdd", sorted);
      const gone = encodeMessage((out) => out.bytes(1, bytes("later-before")));
      await session.command("Delete", gone);
    });
    await append(store, 1);
    const soon = async () => (await store.proof.transactions(4, 1))[0]?.entries;
    const metadata = (await soon())?.map((entry) => entry.metadata.length);
    expect(metadata).toEqual([0, 9, 0]);
    // Until it has expired on the server's clock.
    await vi.waitFor(async () => expect((await soon())?.map((entry) => [entry.hValue?.length, entry.value.length])[1]).toEqual([32, 0]), {
      timeout: 10_000,
    });
    expect((await soon())?.map((entry) => entry.metadata.length)).toEqual([0, 9, 0]);
    const points = await pointsOf(store.proof);
    expect(points.length).toBe((await store.proof.state()).tx);
    for (const { tx } of points.slice(2)) {
      const trusted = points.at(-1) ?? { tx: 0, hash: Buffer.of() };
      expect(verifyProvenTransaction(await store.proof.prove(tx, trusted.tx), tx, trusted)).toEqual({ ok: true });
    }
    await store.close();
  });

  test("a user that may only read proves as well", async () => {
    const options = fresh();
    const { users } = await initImmudb(options);
    const writer = await openImmudbEventStore({ ...options, create: false });
    await append(writer, 3);
    const login = {
      address: options.address,
      database: options.database,
      username: users.read.username,
      password: users.read.generated ?? "",
    };
    const reader = await openImmudbEventStore({ ...login, readOnly: true });
    const log = openImmudbLog(login);
    for (const proof of [reader.proof, log]) {
      const points = await pointsOf(proof);
      expect(points.length).toBe(4);
      const trusted = points[3] ?? { tx: 0, hash: Buffer.of() };
      expect(verifyProvenTransaction(await proof.prove(2, 4), 2, trusted)).toEqual({ ok: true });
      expect(verifyDualProof(await proof.consistency(3, 4), points[2] ?? trusted, trusted)).toEqual({ ok: true });
      expect(await proof.state()).toMatchObject({ database: options.database, tx: 4 });
    }
    await Promise.all([writer.close(), reader.close(), log.close()]);
  });

  test("pages are as long as asked for, and past the end they are empty", async () => {
    const store = await openImmudbEventStore(fresh());
    await append(store, 9);
    for (const [from, limit, length] of [
      [1, 1000, 10],
      [1, 3, 3],
      [9, 3, 2],
      [11, 10, 0],
      [1e9, 10, 0],
    ] as const) {
      const page = await store.proof.transactions(from, limit);
      expect(page.map(({ header }) => header.id)).toEqual(Array.from({ length }, (_, index) => from + index));
    }
    await store.close();
  });

  test("what makes no sense is refused, what is not there is `unavailable`, and a closed store is closed", async () => {
    const store = await openImmudbEventStore(fresh());
    const { proof } = store;
    for (const nonsense of [
      () => proof.transactions(0, 1),
      () => proof.transactions(1, 0),
      () => proof.transactions(1, 1001),
      () => proof.prove(0, 1),
      () => proof.prove(1, 0.5),
      () => proof.consistency(2, 1),
    ])
      await expect(nonsense()).rejects.toMatchObject({ code: "invalid_request" });
    for (const missing of [() => proof.prove(99, 1), () => proof.prove(1, 99), () => proof.consistency(1, 99)])
      await expect(missing()).rejects.toMatchObject({ code: "unavailable" });
    await store.close();
    await expect(proof.state()).rejects.toMatchObject({ code: "closed" });
    const nobody = openImmudbLog({ ...fresh(), password: "wrong-password" });
    await expect(nobody.state()).rejects.toMatchObject({ code: "unavailable" });
    await nobody.close();
    expect(() => openImmudbLog({ ...fresh(), address: "nowhere" })).toThrow(expect.objectContaining({ code: "invalid_request" }));
    expect(server().port).toBeGreaterThan(0);
  });

  test("[G10] a state that the server signs is accepted under the pinned key and no other", async () => {
    const pem = (key: { export(options: { type: "spki"; format: "pem" }): string | Buffer }): string =>
      key.export({ type: "spki", format: "pem" }).toString();
    const [ours, other] = [generateKeyPairSync("ec", { namedCurve: "P-256" }), generateKeyPairSync("ec", { namedCurve: "P-256" })];
    const folder = await mkdtemp(join(tmpdir(), "aethyr-signing-"));
    await writeFile(join(folder, "key.pem"), ours.privateKey.export({ type: "sec1", format: "pem" }));
    await using signing = await startImmudb({ adminPassword: "test-password", args: ["--signingKey", join(folder, "key.pem")] });
    const store = await openImmudbEventStore({ ...fresh(), address: signing.address });
    await append(store, 2);
    const state = await store.proof.state();
    expect(verifyStateSignature(state, pem(ours.publicKey))).toEqual({ ok: true });
    expect(verifyStateSignature(state, pem(other.publicKey))).toMatchObject({ ok: false, rule: "signature" });
    for (const changed of [
      { ...state, tx: state.tx - 1 },
      { ...state, database: "other" },
      { ...state, hash: Buffer.alloc(32) },
    ])
      expect(verifyStateSignature(changed, pem(ours.publicKey))).toMatchObject({ ok: false, rule: "signature" });
    await store.close();
    await rm(folder, { recursive: true });
  });
});
