import { describe, expect, test, vi } from "vitest";
import { type Ref } from "@aethyr/kernel";
import { ensureServer, openUnrulyLine } from "@aethyr/servers";
import type { Commit } from "../event-store.ts";
import { readLog } from "../read-all.ts";
import { initImmudb } from "./init.ts";
import { openImmudbEventStore } from "./immudb-event-store.ts";
import { seeded } from "./testing/seeded.ts";
import { testServer } from "./testing/test-server.ts";
import { accepted, all, appendOne, codeOf, commitOf, freshId, freshRef, write } from "../contract/samples.ts";

const immudb = await ensureServer("immudb");

describe.skipIf(immudb === undefined)("what may happen to a real immudb and the way to it", () => {
  const { server, fresh, using } = testServer();

  test("[G3] an append whose answer is lost is found to have been made, and is not made again", async () => {
    const proxy = await openUnrulyLine(server().port);
    const options = fresh();
    await initImmudb(options);
    const store = await openImmudbEventStore({ ...options, create: false, address: proxy.address });
    const witness = await openImmudbEventStore({ ...options, create: false });
    try {
      const stream = freshRef();
      await accepted(store, commitOf(stream, 0));
      proxy.deafen();
      const appending = accepted(store, { ...commitOf(stream, 1, 3), command: { id: freshId(), outcome: "done" } });
      await vi.waitFor(async () => expect((await witness.heads([stream]))[0]?.version).toBe(4), { timeout: 10_000 });
      proxy.cut();
      proxy.mend();
      const { position, versions } = await appending;
      expect(versions).toEqual([4]);
      expect(position).toBe(await witness.head());
      expect(await all(readLog(witness))).toHaveLength(4);
    } finally {
      await Promise.all([store.close(), witness.close()]);
      await proxy.close();
    }
  });

  test("[G3] an append whose answer is lost, and which others have overtaken, is refused", async () => {
    const proxy = await openUnrulyLine(server().port);
    const options = fresh();
    await initImmudb(options);
    const store = await openImmudbEventStore({ ...options, create: false, address: proxy.address });
    const witness = await openImmudbEventStore({ ...options, create: false });
    try {
      const stream = freshRef();
      await accepted(store, commitOf(stream, 0));
      proxy.mute();
      const appending = appendOne(store, commitOf(stream, 1));
      await vi.waitFor(() => expect(proxy.swallowed()).toBe(true));
      await accepted(witness, commitOf(stream, 1, 2));
      proxy.cut();
      proxy.mend();
      expect(await appending).toMatchObject({ ok: false, error: { code: "wrong_expected_version", actual: 3 } });
    } finally {
      await Promise.all([store.close(), witness.close()]);
      await proxy.close();
    }
  });

  test("[G3] of a batch whose answer is lost, and whose first command another has made with the same bytes, only the rest is made", async () => {
    const proxy = await openUnrulyLine(server().port);
    const options = fresh();
    await initImmudb(options);
    const store = await openImmudbEventStore({ ...options, create: false, address: proxy.address });
    const witness = await openImmudbEventStore({ ...options, create: false });
    try {
      const [first, second] = [freshRef(), freshRef()];
      // A connection and a session, which the line must not swallow.
      await accepted(store, commitOf(freshRef(), 0));
      const command = (stream: Ref) => ({ ...commitOf(stream, 0), command: { id: freshId(), outcome: "done" } });
      const [redelivered, other] = [command(first), command(second)];
      proxy.mute();
      const appending = store.append([redelivered, other]);
      await vi.waitFor(() => expect(proxy.swallowed()).toBe(true));
      const { position } = await accepted(witness, redelivered);
      proxy.cut();
      proxy.mend();
      expect(await appending).toMatchObject([
        { ok: false, error: { code: "command_already_recorded", position } },
        { ok: true, versions: [1] },
      ]);
      expect(await witness.heads([first, second])).toMatchObject([{ version: 1 }, { version: 1 }]);
      expect(await all(readLog(witness))).toHaveLength(3);
    } finally {
      await Promise.all([store.close(), witness.close()]);
      await proxy.close();
    }
  });

  test("a session that the server has dropped is opened again without a word", () =>
    using(async (store) => {
      const stream = freshRef();
      await accepted(store, commitOf(stream, 0));
      await server().kill("SIGKILL");
      await server().restart();
      await vi.waitFor(async () => expect(await store.heads([stream])).toEqual([{ version: 1, ended: false }]), { timeout: 10_000 });
      await accepted(store, commitOf(stream, 1));
    }));

  test.each([7, 1847])(
    "[G2] [G3] seed %i: whatever was answered before a kill −9 of the server is there afterwards, in place, and nothing is there twice",
    (seed) =>
      using(async (store) => {
        const random = seeded(seed);
        const answered = new Map<string, number>();
        const open: Commit[] = [];
        for (let round = 0; round < 3; round += 1) {
          let running = true;
          const writers = Array.from({ length: 8 }, async () => {
            while (running) {
              const commit = { writes: [write(freshRef(), 0, 2)], command: { id: freshId(), outcome: null } };
              try {
                answered.set(commit.command.id, (await accepted(store, commit)).position);
              } catch (error) {
                expect(error).toMatchObject({ code: expect.stringMatching(/^(unavailable|outcome_unknown)$/) as unknown });
                open.push(commit);
                running = false;
              }
            }
          });
          const until = answered.size + 20 + Math.floor(random() * 200);
          await vi.waitFor(() => expect(answered.size).toBeGreaterThan(until), { timeout: 20_000, interval: 5 });
          await server().kill("SIGKILL");
          await server().restart();
          running = false;
          await Promise.all(writers);
          await vi.waitFor(() => store.head(), { timeout: 10_000 });
        }
        // Those without an answer are asked again, under the same ids.
        for (const commit of open) {
          const result = await appendOne(store, commit);
          const [recorded] = await store.outcomes([commit.command?.id ?? ""]);
          expect(["ok", "command_already_recorded"]).toContain(codeOf(result));
          answered.set(commit.command?.id ?? "", recorded?.position ?? 0);
        }
        const log = await all(readLog(store));
        expect(log).toHaveLength(answered.size * 2);
        const recorded = await store.outcomes([...answered.keys()]);
        expect(recorded.map((outcome) => outcome?.position)).toEqual([...answered.values()]);
        expect(new Set(log.map((event) => event.id)).size).toBe(log.length);
      }),
    60_000,
  );
});
