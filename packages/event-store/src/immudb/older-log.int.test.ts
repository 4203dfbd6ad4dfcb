import { cpSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ensureServer } from "@aethyr/servers";
import { accepted, commitOf, freshRef } from "../contract/samples.ts";
import { HistoryLostError } from "../errors.ts";
import { createHistoryGuard } from "./history-guard.ts";
import { openImmudbEventStore, type ImmudbEventStore, type ImmudbOptions } from "./immudb-event-store.ts";
import type { SessionReads } from "./session-reads.ts";
import { testServer } from "./testing/test-server.ts";

const immudb = await ensureServer("immudb");

describe.skipIf(immudb === undefined)("an older copy of the log in the place of a real immudb's", { timeout: 120_000 }, () => {
  const { server, fresh, raw } = testServer();
  let options: ImmudbOptions;
  let open: ImmudbEventStore[];
  const opened = async (more: Partial<ImmudbOptions> = {}): Promise<ImmudbEventStore> => {
    const store = await openImmudbEventStore({ ...options, ...more });
    open.push(store);
    return store;
  };
  beforeEach(() => {
    options = fresh();
    open = [];
  });
  afterEach(async () => {
    await Promise.all(open.map((store) => store.close()));
  });

  const folder = (name: string): string => join(server().dir, name);
  const stopped = async (meanwhile: () => void): Promise<void> => {
    await server().kill("SIGTERM");
    meanwhile();
    await server().restart();
  };
  /** Writes, keeps a copy, writes more, and puts the copy in the place of what is there, which is then in `newer`. */
  async function putBack(store: ImmudbEventStore): Promise<void> {
    await accepted(store, commitOf(freshRef(), 0));
    await stopped(() => cpSync(folder("data"), folder("older"), { recursive: true }));
    await vi.waitFor(() => accepted(store, commitOf(freshRef(), 0)), { timeout: 20_000 });
    await accepted(store, commitOf(freshRef(), 0));
    await stopped(() => {
      renameSync(folder("data"), folder("newer"));
      renameSync(folder("older"), folder("data"));
    });
  }
  afterEach(() => {
    for (const name of ["older", "newer"]) rmSync(folder(name), { recursive: true, force: true });
  });
  const newestTx = (): Promise<number> => raw(options.database, (session) => session.newestTx());
  const refusal = (work: () => Promise<unknown>): Promise<unknown> =>
    vi.waitFor(
      async () => {
        const error: unknown = await work().catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(HistoryLostError);
        return error;
      },
      { timeout: 20_000 },
    );

  test("[A18] is refused by every process that has the log open, for good; one that begins takes it", async () => {
    const reasons: (string | undefined)[] = [];
    const store = await opened({ onConnection: (_state, reason) => reasons.push(reason) });
    const reader = await opened({ create: false, readOnly: true });
    await putBack(store);
    const before = await newestTx();

    const error = await refusal(() => store.append([commitOf(freshRef(), 0)]));
    expect(error).toMatchObject({ code: "unavailable", details: { reason: "history_lost" } });
    expect(await newestTx()).toBe(before);
    expect(reasons.at(-1)).toContain("transaction");
    for (const told of [store.head(), store.readAll(0, 10), store.readStream(freshRef()), store.fences.read("1"), store.proof.state()])
      await expect(told).rejects.toBeInstanceOf(HistoryLostError);
    // It has read nothing since it was opened, but knows where the log ended then, which is before the copy was made.
    expect(await vi.waitFor(() => reader.head(), { timeout: 20_000 })).toBeGreaterThan(0);

    // The right log does not make it whole again: what was decided meanwhile is not known.
    await stopped(() => {
      rmSync(folder("data"), { recursive: true });
      renameSync(folder("newer"), folder("data"));
    });
    await expect(store.append([commitOf(freshRef(), 0)])).rejects.toBeInstanceOf(HistoryLostError);
    await accepted(await opened({ create: false }), commitOf(freshRef(), 0));
  });

  test("[A18] is refused where others have written it further than it was, and by one who only reads", async () => {
    const store = await opened();
    const reader = await opened({ create: false, readOnly: true });
    await accepted(store, commitOf(freshRef(), 0));
    await stopped(() => cpSync(folder("data"), folder("older"), { recursive: true }));
    await vi.waitFor(() => accepted(store, commitOf(freshRef(), 0)), { timeout: 20_000 });
    expect(await reader.readAll(0, 10)).toHaveLength(2);
    await store.close();
    await stopped(() => {
      renameSync(folder("data"), folder("newer"));
      renameSync(folder("older"), folder("data"));
    });
    const second = await opened({ create: false });
    for (let count = 0; count < 5; count += 1) await accepted(second, commitOf(freshRef(), 0));
    await refusal(() => reader.head());
    await refusal(() => reader.readAll(0, 10));
    await accepted(second, commitOf(freshRef(), 0));
  });

  test("[A18] a server that was killed and has lost nothing is the same", async () => {
    const store = await opened();
    const stream = freshRef();
    for (let version = 0; version < 3; version += 1) {
      await accepted(store, commitOf(stream, version));
      await server().kill("SIGKILL");
      await server().restart();
      await vi.waitFor(async () => expect(await store.readStream(stream)).toHaveLength(version + 1), { timeout: 20_000 });
    }
  });

  test("[A18] what was found by its key counts, too", async () => {
    const store = await opened();
    await accepted(store, commitOf(freshRef(), 0));
    await raw(options.database, async (session) => {
      const told: unknown[] = [];
      const guard = createHistoryGuard({ onLost: (error) => told.push(error) });
      await guard.met(session);
      const [newest] = await session.txScan({ from: await session.newestTx(), limit: 1, values: false });
      const found = { tx: (newest?.id ?? 0) + 1, key: Buffer.from("x"), value: Buffer.alloc(0), revision: 1 };
      const reads: SessionReads = { ...session, get: () => Promise.resolve(found) };
      await guard.noting(reads).get(found.key);
      await expect(guard.met(session)).rejects.toThrow(`ends at transaction ${newest?.id}`);
      await expect(guard.met(session)).rejects.toBe(guard.lost());
      expect(told).toEqual([guard.lost()]);
    });
  });
});
