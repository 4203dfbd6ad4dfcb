import { describe, expect, test, vi } from "vitest";
import { verifyLog } from "@aethyr/proof";
import { ensureServer, openUnrulyLine } from "@aethyr/servers";
import { accepted, appendOne, codeOf, commitOf, freshId, freshRef, versionOf } from "../contract/samples.ts";
import type { FencedEventStore } from "../event-store.ts";
import type { Fence } from "../fences.ts";
import { createMemoryEventStore } from "../memory/memory-event-store.ts";
import { digestOfLog } from "../migration/log-digest.ts";
import { migrateLog } from "../migration/migrate-log.ts";
import { openImmudbEventStore } from "./immudb-event-store.ts";
import { initImmudb } from "./init.ts";
import { openHoldingLine } from "./testing/holding-line.ts";
import { testServer } from "./testing/test-server.ts";

const immudb = await ensureServer("immudb");

const raised = async (store: FencedEventStore, partition: string): Promise<Fence> => store.fences.raise(await store.fences.read(partition));

describe.skipIf(immudb === undefined)("fences of a real immudb", () => {
  const { server, fresh, using } = testServer();

  test("[G6] an append that arrives late, when the fence was raised, is not made, and its writer hears that it was fenced", async () => {
    const options = fresh();
    await initImmudb(options);
    const line = await openHoldingLine(server().port);
    const old = await openImmudbEventStore({ ...options, create: false, address: line.address });
    const next = await openImmudbEventStore({ ...options, create: false });
    try {
      const [stream, other] = [freshRef(), freshRef()];
      const [mine, kept] = [await raised(old, "1/1"), await raised(old, "1/2")];
      line.hold();
      const early = old.append([
        { ...commitOf(stream, 0), command: { id: freshId(), outcome: null }, fence: mine },
        { ...commitOf(other, 0), command: { id: freshId(), outcome: null }, fence: kept },
      ]);
      await vi.waitFor(() => expect(line.held()).toBe(true));
      const theirs = await raised(next, "1/1");
      await line.release();
      // What was held has been answered by now: the server refused it.
      expect([await versionOf(next, stream), await versionOf(next, other)]).toEqual([0, 0]);
      line.hangUp();
      expect((await early).map(codeOf)).toEqual(["fenced", "ok"]);
      await accepted(next, { ...commitOf(stream, 0), fence: theirs });
      expect(await versionOf(next, stream)).toBe(1);
    } finally {
      await Promise.all([old.close(), next.close()]);
      await line.close();
    }
  });

  test("[G6] a raise whose answer is lost is found to have been made, and is not made again", async () => {
    const options = fresh();
    await initImmudb(options);
    const line = await openUnrulyLine(server().port);
    const store = await openImmudbEventStore({ ...options, create: false, address: line.address });
    const witness = await openImmudbEventStore({ ...options, create: false });
    try {
      const seen = await store.fences.read("1/1");
      line.deafen();
      const raising = store.fences.raise(seen);
      await vi.waitFor(async () => expect((await witness.fences.read("1/1")).epoch).toBe(1), { timeout: 20_000 });
      line.cut();
      line.mend();
      expect(await raising).toEqual(await witness.fences.read("1/1"));
      expect(await witness.fences.read("1/1")).toMatchObject({ epoch: 1 });
    } finally {
      await Promise.all([store.close(), witness.close()]);
      await line.close();
    }
  });

  test("[G6] who may append may raise fences, who may only read may read them", async () => {
    const options = fresh();
    const name = options.database.slice(0, 20);
    const append = { username: `writer_${name}`, password: "first-Passw0rd" };
    const read = { username: `reader_${name}`, password: "other-Passw0rd" };
    await initImmudb({ ...options, users: { append, read } });
    const writer = await openImmudbEventStore({ ...options, ...append, create: false });
    const reader = await openImmudbEventStore({ ...options, ...read, create: false, readOnly: true });
    const pretender = await openImmudbEventStore({ ...options, ...read, create: false });
    try {
      const fence = await raised(writer, "1/1");
      await accepted(writer, { ...commitOf(freshRef(), 0), fence });
      expect(await reader.fences.read("1/1")).toEqual(fence);
      await expect(reader.fences.raise(fence)).rejects.toMatchObject({ code: "invalid_request" });
      await expect(pretender.fences.raise(fence)).rejects.toMatchObject({ code: "unavailable" });
      expect(await writer.fences.read("1/1")).toEqual(fence);
    } finally {
      await Promise.all([writer.close(), reader.close(), pretender.close()]);
    }
  });

  test("[G10] [G8] a log with fences is verified as any other, and copied without them: the copy is another log, with owners of its own", () =>
    using(async (store, options) => {
      const same = await openImmudbEventStore(options);
      const streams = Array.from({ length: 5 }, () => freshRef());
      for (const [index, stream] of streams.entries()) {
        const fence = await raised(same, `1/${index % 2}`);
        await accepted(same, { ...commitOf(stream, 0, 2), command: { id: freshId(), outcome: index }, fence });
      }
      await raised(same, "1/0");
      const { tx } = await same.proof.state();
      expect(await verifyLog(same.proof)).toMatchObject({ ok: true, to: tx });
      // A process that opens it looks whether the index tells what the transactions do, fences that were raised again among it.
      const again = await openImmudbEventStore(options);
      expect(await again.fences.read("1/0")).toMatchObject({ epoch: 4 });
      await again.close();

      const copy = createMemoryEventStore();
      await migrateLog(same, copy);
      expect(await digestOfLog(copy)).toEqual(await digestOfLog(store));
      expect(await copy.fences.read("1/0")).toMatchObject({ epoch: 0 });
      expect(codeOf(await appendOne(copy, { ...commitOf(freshRef(), 0), fence: await copy.fences.read("1/0") }))).toBe("ok");
      await same.close();
    }));
});
