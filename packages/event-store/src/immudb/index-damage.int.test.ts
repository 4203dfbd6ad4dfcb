import { globSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { ensureServer } from "@aethyr/servers";
import { all, commitOf, freshId, freshRef, newEvents, write } from "../contract/samples.ts";
import { IndexSuspectError } from "../errors.ts";
import type { EventStore } from "../event-store.ts";
import { readLog } from "../read-all.ts";
import { checkIndex, sampleIndex } from "./index-check.ts";
import { openImmudbEventStore } from "./immudb-event-store.ts";
import { encodeSet } from "./messages.ts";
import { probeImmudb } from "./probe.ts";
import { pathOf } from "./testing/damage.ts";
import { testServer } from "./testing/test-server.ts";

const immudb = await ensureServer("immudb");

describe.skipIf(immudb === undefined)("an index of a real immudb that is damaged", () => {
  const { server, fresh, raw } = testServer();

  const indexes = (database: string): readonly string[] =>
    globSync(`data/${database}/index_*`, { cwd: server().dir }).map((folder) => join(server().dir, folder));

  const nodesOf = (database: string): string => pathOf(server().dir, database, "index");

  /**
   * Less than what a full disk does, and as silent: where the index has written a key there is another. What was written up to a place the server
   * trusts at its next start, as it has synced something after it.
   */
  function damage(database: string, ids: readonly string[], upTo: number): void {
    const bytes = readFileSync(nodesOf(database));
    const id = ids.find((one) => bytes.indexOf(one) >= 0 && bytes.indexOf(one, upTo) < 0);
    if (id === undefined) throw new Error("everything was written anew");
    const wrong = Buffer.from(`${id.slice(0, -1)}${id.endsWith("0") ? "1" : "0"}`);
    for (let at = bytes.indexOf(id); at >= 0; at = bytes.indexOf(id, at)) bytes.set(wrong, at);
    writeFileSync(nodesOf(database), bytes);
  }
  const flushed = (database: string): Promise<unknown> => raw(database, ({ command }) => command("FlushIndex", Buffer.from([0x10, 1])));

  const restarted = async (meanwhile: () => void): Promise<void> => {
    await server().kill("SIGTERM");
    meanwhile();
    await server().restart();
  };

  async function fill(store: EventStore, commits: number): Promise<readonly string[]> {
    const ids = Array.from({ length: commits }, () => freshId());
    for (const id of ids)
      await store.append([{ writes: [write(freshRef(), "no-stream", newEvents(1))], command: { id, outcome: "done" } }]);
    return ids;
  }

  test(
    "[G3] is refused by the process that has the log open and by one that begins, until it was made anew",
    { timeout: 180_000 },
    async () => {
      const options = fresh();
      const told: (string | undefined)[] = [];
      const store = await openImmudbEventStore({ ...options, onConnection: (_state, reason) => told.push(reason) });
      try {
        const ids = await fill(store, 200);
        await flushed(options.database);
        const { size } = statSync(nodesOf(options.database));
        await fill(store, 1);
        await flushed(options.database);
        const head = await store.head();
        await restarted(() => damage(options.database, ids, size));
        const refused = async (): Promise<unknown> => store.append([commitOf(freshRef(), 0)]).catch((error: unknown) => error);
        await vi.waitFor(async () => expect(await refused()).toBeInstanceOf(IndexSuspectError), { timeout: 60_000 });
        await expect(store.outcomes(ids)).rejects.toBeInstanceOf(IndexSuspectError);
        await expect(store.heads([freshRef()])).rejects.toBeInstanceOf(IndexSuspectError);
        await expect(store.readStream(freshRef())).rejects.toBeInstanceOf(IndexSuspectError);
        expect(told.at(-1)).toContain("index_*");
        // What does not rest on the index goes on.
        expect(await all(readLog(store))).toHaveLength(201);
        expect(await store.head()).toBe(head);
        await expect(openImmudbEventStore({ ...options, create: false })).rejects.toBeInstanceOf(IndexSuspectError);
        await expect(probeImmudb(options)).rejects.toBeInstanceOf(IndexSuspectError);

        await restarted(() => {
          for (const folder of indexes(options.database)) rmSync(folder, { recursive: true });
        });
        await vi.waitFor(async () => expect((await store.outcomes(ids)).every((outcome) => outcome !== undefined)).toBe(true), {
          timeout: 60_000,
        });
        // The server is still at it: what is not in the index yet is suspect until it is.
        await vi.waitFor(async () => expect(await fill(store, 1)).toHaveLength(1), { timeout: 60_000 });
        expect(told.at(-1)).toBeUndefined();
      } finally {
        await store.close();
      }
    },
  );

  test("[G3] a whole index is found so, also where keys were deleted or written again", { timeout: 60_000 }, async () => {
    const options = fresh();
    const store = await openImmudbEventStore(options);
    try {
      await fill(store, 600);
      await raw(options.database, async (session) => {
        const twice = { key: Buffer.from("x/twice"), value: Buffer.from("1") };
        await session.set(encodeSet([twice], []));
        await session.set(encodeSet([twice], []));
        const newest = await session.newestTx();
        expect(await checkIndex(session, newest)).toBeUndefined();
        expect(await sampleIndex(session)).toBeUndefined();
        const blind = { ...session, getAll: async (keys: readonly Uint8Array[]) => (await session.getAll(keys)).slice(1) };
        // Whoever finds a key by its history finds it: only where that is silent as well it is lost.
        expect(await checkIndex(blind, newest)).toBeUndefined();
        const lost = { ...blind, newestRevision: () => Promise.resolve(undefined) };
        expect(await checkIndex(lost, newest)).toMatchObject({ why: "is not found by its key" });
        expect(await sampleIndex(lost)).toMatchObject({ why: "is not found by its key" });
        const stale = {
          ...lost,
          getAll: async (keys: readonly Uint8Array[]) => (await session.getAll(keys)).map((entry) => ({ ...entry, tx: entry.tx - 1 })),
        };
        expect(await checkIndex(stale, newest)).toMatchObject({ why: "is found as it was before" });
      });
    } finally {
      await store.close();
    }
  });
});
