import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkpointOf, verifyLog, verifyProvenTransaction, type Checkpoint, type RawTransaction } from "@aethyr/proof";
import { ensureServer, startImmudb } from "@aethyr/servers";
import { freshRef, newEvents, write } from "../contract/samples.ts";
import { openImmudbEventStore } from "./immudb-event-store.ts";
import { openImmudbLog, type ImmudbLog } from "./proof-log.ts";
import { changeBit, extentsOf, pathOf, settingsLength, type Extent, type LogFile } from "./testing/damage.ts";
import { below } from "./testing/lies.ts";
import { codeOf, plain, rounds, seed } from "./testing/lying-log.ts";
import { seeded } from "./testing/seeded.ts";

const immudb = await ensureServer("immudb");
const database = "log";
const login = { username: "immudb", password: "test-password" };
const startWithinMs = 6_000;

/** What came of a changed bit. */
type Came =
  | { readonly came: "no start"; readonly why: string }
  | { readonly came: "refused"; readonly rule: string; readonly tx?: number | undefined }
  | { readonly came: "error"; readonly code: string }
  | { readonly came: "identical" }
  | { readonly came: "believed" };

describe.skipIf(immudb === undefined)(`one bit of immudb's files changed (seed ${seed})`, () => {
  let folder: string;
  let truth: readonly RawTransaction[];
  let checkpoint: Checkpoint;
  let extents: readonly Extent[];
  const original = (): string => join(folder, "original");

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "aethyr-damage-"));
    const server = await startImmudb({ adminPassword: login.password, dir: original() });
    const store = await openImmudbEventStore({ ...login, address: server.address, database, create: true });
    for (let made = 0; made < 20; made += 1)
      await store.append([
        { writes: [write(freshRef(), "no-stream", newEvents(1 + (made % 3)))], command: { id: `c${made}`, outcome: { made } } },
      ]);
    truth = await store.proof.transactions(1, 1000);
    checkpoint = checkpointOf(await store.proof.state(), "2026-01-02T03:04:05.000Z");
    await store.close();
    await server.stop();
    extents = await extentsOf(original(), database);
    expect(extents).toHaveLength(21);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function examine(log: ImmudbLog): Promise<Came> {
    try {
      const verified = await verifyLog(log, { checkpoints: [checkpoint] });
      if (!verified.ok) return { came: "refused", rule: verified.rule, tx: verified.tx };
      const read = await log.transactions(1, 1000);
      return { came: plain(read) === plain(truth) ? "identical" : "believed" };
    } catch (error) {
      return { came: "error", code: codeOf(error) };
    }
  }

  /** A server on a copy in which one bit is another. */
  async function damaged(file: LogFile, at: number, bit: number, also?: (log: ImmudbLog, address: string) => Promise<void>): Promise<Came> {
    const dir = join(folder, "copy");
    await rm(dir, { recursive: true, force: true });
    await cp(original(), dir, { recursive: true });
    await changeBit(pathOf(dir, database, file), at, bit);
    let server;
    try {
      server = await startImmudb({ adminPassword: login.password, dir, timeoutMs: startWithinMs });
    } catch (error) {
      return { came: "no start", why: error instanceof Error ? error.message : String(error) };
    }
    const log = openImmudbLog({ ...login, address: server.address, database });
    try {
      const came = await examine(log);
      await also?.(log, server.address);
      return came;
    } finally {
      await log.close();
      await server.stop();
    }
  }

  /** A server that does not start must say that it is for this log, or have ended. */
  const expectFound = (came: Came, what: string): void => {
    expect(came.came, what).not.toBe("believed");
    if (came.came === "no start") expect(came.why, what).toMatch(/unable to open database|ended before it served/);
    if (came.came === "error") expect(["corrupt_store", "unavailable"], what).toContain(came.code);
  };

  test("[G10] where transactions and values are, the transaction is named", async () => {
    const random = seeded(seed);
    const [first, , third, , fifth] = extents;
    const last = extents.at(-1);
    if (!first || !third || !fifth || !last) throw new Error("no transactions");
    const offsets = [
      // Of a value; of a record: its id, its time, its number of entries, an entry's key; at the very end.
      first.values,
      third.values + 40,
      third.record + 7,
      third.record + 12,
      fifth.record + 100,
      last.record - 1,
      last.to - 1,
      ...Array.from({ length: 8 * rounds }, () => first.from + below(random, last.to - first.from)),
    ];
    const seen = new Map<string, number>();
    for (const at of offsets) {
      const bit = below(random, 8);
      const came = await damaged("transactions", at, bit);
      const what = `byte ${at}, bit ${bit}: ${JSON.stringify(came)}`;
      expectFound(came, what);
      const extent = extents.find(({ to }) => at < to);
      if (came.came === "refused") expect(came.tx, what).toBe(extent?.tx);
      // Every byte there is hashed, but for those that nothing reads.
      if (at >= (extent?.values ?? 0)) expect(came.came, what).not.toBe("identical");
      seen.set(came.came, (seen.get(came.came) ?? 0) + 1);
    }
    expect(seen.get("refused")).toBeGreaterThan(5);
  });

  test("[G10] where the places of transactions are, it is found or nothing is read otherwise", async () => {
    const random = seeded(seed + 1);
    const file = await readFile(pathOf(original(), database, "commits"));
    const begin = settingsLength(file);
    const entry = (tx: number): number => begin + (tx - 1) * 44;
    const offsets = [
      20,
      // Place, length and hash; of the last one too.
      entry(3) + 7,
      entry(4) + 11,
      entry(5) + 20,
      entry(21) + 7,
      entry(21) + 40,
      ...Array.from({ length: 3 * rounds }, () => begin + below(random, file.length - begin)),
    ];
    for (const at of offsets) {
      const bit = below(random, 8);
      const came = await damaged("commits", at, bit);
      const what = `byte ${at}, bit ${bit}: ${JSON.stringify(came)}`;
      expectFound(came, what);
      if (came.came === "refused") expect(came.tx, what).toBe(Math.floor((at - begin) / 44) + 1);
    }
  });

  test("[G10] where the history tree is, proofs are refused or right, and what is written on top of it is found", async () => {
    const random = seeded(seed + 2);
    const trusted = { tx: checkpoint.tx, hash: Buffer.from(checkpoint.hash, "hex") };
    for (const file of ["leaves", "nodes", "sizes"] as const) {
      const bytes = await readFile(pathOf(original(), database, file));
      const begin = settingsLength(bytes);
      for (let round = 0; round < rounds; round += 1) {
        const [at, bit] = [begin + below(random, bytes.length - begin), below(random, 8)];
        const came = await damaged(file, at, bit, async (log, address) => {
          for (const { header } of truth) {
            const proven = await log.prove(header.id, trusted.tx).catch(() => undefined);
            if (proven && verifyProvenTransaction(proven, header.id, trusted).ok) expect(plain(proven.header)).toBe(plain(header));
          }
          const store = await openImmudbEventStore({ ...login, address, database }).catch(() => undefined);
          const wrote = await store?.append([{ writes: [write(freshRef(), "no-stream")] }]).catch(() => undefined);
          if (wrote) {
            const after = await verifyLog(log, { checkpoints: [checkpoint] }).catch(
              (error: unknown) => ({ ok: false, rule: codeOf(error), tx: undefined }) as const,
            );
            if (!after.ok) expect([undefined, 22], JSON.stringify(after)).toContain(after.tx);
          }
          await store?.close();
        });
        expectFound(came, `${file}, byte ${at}, bit ${bit}: ${JSON.stringify(came)}`);
      }
    }
  });

  test("[G10] where the index is, the log is read as it was written", async () => {
    const random = seeded(seed + 3);
    const size = (await readFile(pathOf(original(), database, "index"))).length;
    for (let round = 0; round < rounds; round += 1) {
      const came = await damaged("index", below(random, size), below(random, 8));
      expectFound(came, JSON.stringify(came));
    }
  });
});
