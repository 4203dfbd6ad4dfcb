import { describe, expect, test, vi } from "vitest";
import { verifyLog } from "@aethyr/proof";
import { ensureServer, openUnrulyLine } from "@aethyr/servers";
import type { Answer } from "../answers.ts";
import { accepted, appendOne, codeOf, commitOf, freshId, freshRef, versionOf } from "../contract/samples.ts";
import type { FencedEventStore } from "../event-store.ts";
import { createMemoryEventStore } from "../memory/memory-event-store.ts";
import { digestOfLog } from "../migration/log-digest.ts";
import { migrateLog } from "../migration/migrate-log.ts";
import { openImmudbEventStore, type ImmudbOptions } from "./immudb-event-store.ts";
import { initImmudb } from "./init.ts";
import { openHoldingLine } from "./testing/holding-line.ts";
import { testServer } from "./testing/test-server.ts";

const immudb = await ensureServer("immudb");

const answerOf = (id: string, outcome = "nothing to do"): Answer => ({ command: { id, outcome } });
const nothingToDo = { ok: true, recorded: { outcome: "nothing to do", position: 0 } };

describe.skipIf(immudb === undefined)("answers in a real immudb", () => {
  const { server, fresh, using } = testServer();

  /** A store behind a line, and one that is near. */
  async function two<Line extends { readonly address: string; close(): Promise<void> }>(
    openLine: (port: number) => Promise<Line>,
    use: (far: FencedEventStore, line: Line, near: FencedEventStore) => Promise<void>,
  ): Promise<void> {
    const options: ImmudbOptions = { ...fresh(), create: false };
    await initImmudb(options);
    const line = await openLine(server().port);
    const far = await openImmudbEventStore({ ...options, address: line.address });
    const near = await openImmudbEventStore(options);
    try {
      // A connection and a session, which the line must not hold.
      await accepted(far, commitOf(freshRef(), 0));
      await use(far, line, near);
    } finally {
      await Promise.all([far.close(), near.close()]);
      await line.close();
    }
  }

  test("[G3] a copy of a command that arrives after its answer was recorded is not made, and its writer hears the answer", () =>
    two(openHoldingLine, async (far, line, near) => {
      const [stream, id] = [freshRef(), freshId()];
      line.hold();
      const copy = appendOne(far, { ...commitOf(stream, 0), command: { id, outcome: "done" } });
      await vi.waitFor(() => expect(line.held()).toBe(true));
      expect(await near.answers.record([answerOf(id)])).toEqual([nothingToDo]);
      await line.release();
      // What was held has been answered by now: the server refused it.
      expect(await versionOf(near, stream)).toBe(0);
      line.hangUp();
      expect(await copy).toMatchObject({ ok: false, error: { code: "command_already_recorded", ...nothingToDo.recorded } });
      expect(await versionOf(near, stream)).toBe(0);
    }));

  test("[G3] an answer that arrives after a copy took effect gives what that came to, and the others of its call are recorded", () =>
    two(openHoldingLine, async (far, line, near) => {
      const [id, other] = [freshId(), freshId()];
      line.hold();
      const recording = far.answers.record([answerOf(id), answerOf(other)]);
      await vi.waitFor(() => expect(line.held()).toBe(true));
      const { position } = await accepted(near, { ...commitOf(freshRef(), 0), command: { id, outcome: "done" } });
      await line.release();
      expect(await near.outcomes([other])).toEqual([undefined]);
      line.hangUp();
      expect(await recording).toEqual([{ ok: true, recorded: { outcome: "done", position } }, nothingToDo]);
      expect(await near.outcomes([id, other])).toEqual([{ outcome: "done", position }, nothingToDo.recorded]);
    }));

  test("[G3] where the server's word that answers are recorded is lost, they are found, and not recorded again", () =>
    two(openUnrulyLine, async (far, line, near) => {
      const ids = [freshId(), freshId()];
      line.deafen();
      const recording = far.answers.record(ids.map((id) => answerOf(id)));
      await vi.waitFor(async () => expect(await near.outcomes(ids)).toEqual([nothingToDo.recorded, nothingToDo.recorded]), {
        timeout: 20_000,
      });
      line.cut();
      line.mend();
      expect(await recording).toEqual([nothingToDo, nothingToDo]);
      expect(await far.answers.record(ids.map((id) => answerOf(id, "otherwise")))).toEqual([nothingToDo, nothingToDo]);
    }));

  test("[G3] where what was sent is lost, and a copy takes effect meanwhile, the repeat finds that", () =>
    two(openUnrulyLine, async (far, line, near) => {
      const [id, other] = [freshId(), freshId()];
      line.mute();
      const recording = far.answers.record([answerOf(id), answerOf(other)]);
      await vi.waitFor(() => expect(line.swallowed()).toBe(true));
      const { position } = await accepted(near, { ...commitOf(freshRef(), 0), command: { id, outcome: "done" } });
      line.cut();
      line.mend();
      expect(await recording).toEqual([{ ok: true, recorded: { outcome: "done", position } }, nothingToDo]);
    }));

  test("[G2] [G3] killed at any moment, the server has every answer that was told to be recorded, and the rest can be asked again", () =>
    using(async (_store, options) => {
      const store = await openImmudbEventStore(options);
      const told = new Map<string, string>();
      let running = true;
      const recorder = async (): Promise<void> => {
        while (running) {
          const id = freshId();
          const result = await store.answers.record([answerOf(id)]).catch((error: unknown) => error);
          told.set(id, Array.isArray(result) ? "recorded" : (result as { readonly code: string }).code);
          await new Promise((resolve) => setImmediate(resolve));
        }
      };
      const recorders = Array.from({ length: 6 }, recorder);
      const count = (): number => [...told.values()].filter((result) => result === "recorded").length;
      for (let round = 0; round < 3; round += 1) {
        const before = count();
        await vi.waitFor(() => expect(count()).toBeGreaterThan(before + 20), { timeout: 20_000, interval: 5 });
        await server().kill("SIGKILL");
        await server().restart();
      }
      running = false;
      await Promise.all(recorders);
      await vi.waitFor(() => store.head(), { timeout: 20_000 });
      const ids = [...told.keys()];
      const recorded = await Promise.all(ids.map(async (id) => (await store.outcomes([id]))[0]));
      for (const [index, result] of [...told.values()].entries()) {
        if (result === "recorded") expect(recorded[index]).toEqual(nothingToDo.recorded);
        else if (result === "unavailable") expect(recorded[index]).toBeUndefined();
        else expect(result).toBe("outcome_unknown");
      }
      for (const id of ids.filter((each) => told.get(each) !== "recorded").slice(0, 20))
        expect(await store.answers.record([answerOf(id)])).toEqual([nothingToDo]);
      await store.close();
    }));

  test("[G3] who may append may record answers, who may only read may not", async () => {
    const options = fresh();
    const name = options.database.slice(0, 20);
    const append = { username: `writer_${name}`, password: "first-Passw0rd" };
    const read = { username: `reader_${name}`, password: "other-Passw0rd" };
    await initImmudb({ ...options, users: { append, read } });
    const writer = await openImmudbEventStore({ ...options, ...append, create: false });
    const reader = await openImmudbEventStore({ ...options, ...read, create: false, readOnly: true });
    const pretender = await openImmudbEventStore({ ...options, ...read, create: false });
    try {
      const [id, other] = [freshId(), freshId()];
      expect(await writer.answers.record([answerOf(id)])).toEqual([nothingToDo]);
      await expect(reader.answers.record([answerOf(other)])).rejects.toMatchObject({ code: "invalid_request" });
      await expect(pretender.answers.record([answerOf(other)])).rejects.toMatchObject({ code: "unavailable" });
      expect(await reader.outcomes([id, other])).toEqual([nothingToDo.recorded, undefined]);
    } finally {
      await Promise.all([writer.close(), reader.close(), pretender.close()]);
    }
  });

  test("[G10] [G8] a log with answers is verified as any other, and copied without them: a command that changed nothing is decided anew there", () =>
    using(async (_store, options) => {
      const store = await openImmudbEventStore(options);
      const [stream, id] = [freshRef(), freshId()];
      await store.answers.record([answerOf(freshId())]);
      for (let version = 0; version < 6; version += 1) {
        const command = { id: freshId(), outcome: version };
        // Some alone in their transaction, some beside events.
        await Promise.all([accepted(store, { ...commitOf(stream, version), command }), store.answers.record([answerOf(freshId())])]);
        await store.answers.record([answerOf(freshId())]);
      }
      await store.answers.record([answerOf(id)]);
      const { tx } = await store.proof.state();
      expect(await verifyLog(store.proof)).toMatchObject({ ok: true, to: tx });
      // A process that opens it looks whether the index tells what the transactions do.
      const again = await openImmudbEventStore(options);
      expect(await again.outcomes([id])).toEqual([nothingToDo.recorded]);
      await again.close();

      const copy = createMemoryEventStore();
      await migrateLog(store, copy);
      expect(await digestOfLog(copy)).toEqual(await digestOfLog(store));
      expect(await copy.outcomes([id])).toEqual([undefined]);
      expect(codeOf(await appendOne(copy, { ...commitOf(freshRef(), 0), command: { id, outcome: "done" } }))).toBe("ok");
      await store.close();
    }));
});
