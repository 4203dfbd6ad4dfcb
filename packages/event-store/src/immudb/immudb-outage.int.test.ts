import { describe, expect, test, vi } from "vitest";
import { ensureServer, openUnrulyLine } from "@aethyr/servers";
import type { CommitResult } from "../event-store.ts";
import { readLog } from "../read-all.ts";
import { openImmudbEventStore, type ImmudbOptions } from "./immudb-event-store.ts";
import { initImmudb } from "./init.ts";
import { openHoldingLine } from "./testing/holding-line.ts";
import { seeded } from "./testing/seeded.ts";
import { testServer } from "./testing/test-server.ts";
import { accepted, all, appendOne, commitOf, freshId, freshRef, write } from "../contract/samples.ts";

const immudb = await ensureServer("immudb");

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A store, and what it said of its connection. */
async function opened(options: ImmudbOptions) {
  const said: string[] = [];
  const reasons: string[] = [];
  const store = await openImmudbEventStore({
    ...options,
    onConnection: (state, reason) => {
      said.push(state);
      if (reason !== undefined) reasons.push(reason);
    },
  });
  return { store, said, reasons, hears: (state: string) => vi.waitFor(() => expect(said.at(-1)).toBe(state), { timeout: 15_000 }) };
}

/** How a promise stands after one turn of the event loop. */
async function standing(promise: Promise<unknown>): Promise<unknown> {
  let stands: unknown = "waiting";
  promise.then(
    () => (stands = "done"),
    (error: unknown) => (stands = (error as { readonly code?: unknown }).code),
  );
  await turn();
  return stands;
}

describe.skipIf(immudb === undefined)("while a real immudb is away", () => {
  const { server, fresh } = testServer();

  test("[A18] commands are refused at once, none waits; it is noticed by itself when the server is back, and all goes on", async () => {
    const { store, said, reasons, hears } = await opened(fresh());
    try {
      const stream = freshRef();
      await accepted(store, commitOf(stream, 0));
      await server().kill("SIGKILL");
      await hears("away");
      expect(reasons.at(-1)).not.toBe("");
      for (let count = 0; count < 200; count += 1) expect(await standing(store.append([commitOf(freshRef(), 0)]))).toBe("unavailable");
      expect(await standing(store.readStream(stream))).toBe("unavailable");
      expect(await standing(store.statistics())).toBe("unavailable");
      await server().restart();
      await hears("connected");
      await accepted(store, commitOf(stream, 1));
      expect(await all(readLog(store))).toHaveLength(2);
      expect(said).toEqual(["connected", "away", "connected"]);
    } finally {
      await store.close();
    }
  });

  test("what waits for its turn when the server goes is refused with nothing appended; what was sent gets its true outcome", async () => {
    const options = fresh();
    await initImmudb(options);
    const line = await openUnrulyLine(server().port);
    const { store, hears } = await opened({ ...options, create: false, address: line.address });
    const witness = await openImmudbEventStore({ ...options, create: false });
    try {
      const stream = freshRef();
      await accepted(store, commitOf(stream, 0));
      line.deafen();
      const sent = appendOne(store, { ...commitOf(stream, 1), command: { id: freshId(), outcome: "sent" } });
      await vi.waitFor(async () => expect((await witness.heads([stream]))[0]?.version).toBe(2), { timeout: 10_000 });
      const behind = Array.from({ length: 20 }, () => store.append([commitOf(stream, "any")]).catch((error: unknown) => error));
      line.cut();
      await hears("away");
      for (const refused of await Promise.all(behind)) expect(refused).toMatchObject({ code: "unavailable" });
      line.mend();
      expect(await sent).toMatchObject({ ok: true, versions: [2] });
      expect(await all(readLog(witness))).toHaveLength(2);
    } finally {
      await Promise.all([store.close(), witness.close()]);
      await line.close();
    }
  });

  test("a line that swallows everything is noticed, though nobody ends the connection", async () => {
    const options = fresh();
    await initImmudb(options);
    const line = await openUnrulyLine(server().port);
    const { store, hears, reasons } = await opened({ ...options, create: false, address: line.address });
    try {
      const stream = freshRef();
      await accepted(store, commitOf(stream, 0));
      line.mute();
      line.deafen();
      const sent = appendOne(store, commitOf(stream, 1));
      await hears("away");
      expect(reasons.at(-1)).toMatch(/stopped answering|Deadline exceeded/);
      expect(await standing(store.append([commitOf(freshRef(), 0)]))).toBe("unavailable");
      line.cut();
      line.mend();
      expect(await sent).toMatchObject({ ok: true, versions: [2] });
      expect(await all(readLog(store))).toHaveLength(2);
    } finally {
      await store.close();
      await line.close();
    }
  });

  test("a server that stands still for a while has done what it was sent, once", async () => {
    const { store, hears } = await opened(fresh());
    try {
      const stream = freshRef();
      await accepted(store, commitOf(stream, 0));
      await server().kill("SIGSTOP");
      const sent = appendOne(store, commitOf(stream, 1));
      await hears("away");
      await server().kill("SIGCONT");
      expect(await sent).toMatchObject({ ok: true, versions: [2] });
      await hears("connected");
      expect(await all(readLog(store))).toHaveLength(2);
    } finally {
      await server().kill("SIGCONT");
      await store.close();
    }
  });

  test("what is not found out in time is `outcome_unknown`, and told when asked again", async () => {
    const options = fresh();
    await initImmudb(options);
    const line = await openUnrulyLine(server().port);
    const { store, hears } = await opened({ ...options, create: false, address: line.address, resolveWithinMs: 1 });
    const witness = await openImmudbEventStore({ ...options, create: false });
    try {
      const stream = freshRef();
      await accepted(store, commitOf(stream, 0));
      const command = { ...commitOf(stream, 1), command: { id: freshId(), outcome: "made" } };
      line.deafen();
      const sent = store.append([command]);
      await vi.waitFor(async () => expect((await witness.heads([stream]))[0]?.version).toBe(2), { timeout: 10_000 });
      line.cut();
      await expect(sent).rejects.toMatchObject({ code: "outcome_unknown" });
      line.mend();
      await hears("connected");
      expect(await appendOne(store, command)).toMatchObject({ ok: false, error: { code: "command_already_recorded", outcome: "made" } });
    } finally {
      await Promise.all([store.close(), witness.close()]);
      await line.close();
    }
  });

  test("[G3] an attempt that was told to be refused is not made when it arrives late", async () => {
    const options = fresh();
    await initImmudb(options);
    const line = await openHoldingLine(server().port);
    const { store } = await opened({ ...options, create: false, address: line.address });
    const witness = await openImmudbEventStore({ ...options, create: false });
    try {
      const stream = freshRef();
      await accepted(store, commitOf(stream, 0));
      line.hold();
      // It expects what others have not written yet.
      const early = appendOne(store, commitOf(stream, 3));
      await vi.waitFor(() => expect(line.held()).toBe(true));
      line.hangUp();
      expect(await early).toMatchObject({ ok: false, error: { code: "wrong_expected_version", actual: 1 } });
      // Now it would fit.
      await accepted(witness, commitOf(stream, 1, 2));
      await line.release();
      for (let count = 0; count < 5; count += 1) await accepted(witness, commitOf(freshRef(), 0));
      expect(await witness.heads([stream])).toEqual([{ version: 3, ended: false }]);
    } finally {
      await Promise.all([store.close(), witness.close()]);
      await line.close();
    }
  });
});

describe.skipIf(immudb === undefined)("a line that fails at any point", () => {
  const { server, fresh } = testServer();

  test.each([1, 20261121])(
    "[G2] [G3] seed %i: every command has the effect that was told, once",
    async (seed) => {
      const random = seeded(seed);
      const options = fresh();
      await initImmudb(options);
      const line = await openUnrulyLine(server().port);
      const { store } = await opened({ ...options, create: false, address: line.address });
      const witness = await openImmudbEventStore({ ...options, create: false });
      const streams = Array.from({ length: 6 }, () => freshRef());
      const told = new Map<string, CommitResult | "unavailable" | "outcome_unknown">();
      let running = true;
      const writer = async (): Promise<void> => {
        while (running) {
          const [one, two] = [streams[Math.floor(random() * 6)], streams[Math.floor(random() * 6)]];
          if (!one || !two || one === two) continue;
          const id = freshId();
          try {
            told.set(id, await appendOne(store, { writes: [write(one, "any"), write(two, "any")], command: { id, outcome: id } }));
          } catch (error) {
            told.set(id, (error as { readonly code: "unavailable" | "outcome_unknown" }).code);
            await turn();
          }
        }
      };
      const writers = Array.from({ length: 6 }, writer);
      const accepts = (): number => [...told.values()].filter((result) => typeof result === "object" && result.ok).length;
      try {
        for (let round = 0; round < 12; round += 1) {
          const until = accepts() + 5 + Math.floor(random() * 40);
          await vi.waitFor(() => expect(accepts()).toBeGreaterThan(until), { timeout: 20_000, interval: 5 });
          if (random() < 0.4) line.deafen();
          else if (random() < 0.5) line.mute();
          for (let turns = Math.floor(random() * 30); turns > 0; turns -= 1) await turn();
          line.cut();
          line.mend();
        }
      } finally {
        running = false;
        await Promise.all(writers);
        await store.close();
        await line.close();
      }
      const log = await all(readLog(witness));
      const ids = [...told.keys()];
      const recorded = await witness.outcomes(ids);
      for (const [index, result] of [...told.values()].entries()) {
        if (result === "outcome_unknown") continue;
        const position = typeof result === "object" && result.ok ? result.position : undefined;
        expect(recorded[index]?.position).toBe(position);
      }
      for (const stream of streams) {
        const versions = log.filter((event) => event.stream.id === stream.id).map(({ version }) => version);
        expect(versions).toEqual(versions.map((_, index) => index + 1));
      }
      expect(new Set(log.map(({ id }) => id)).size).toBe(log.length);
      await witness.close();
    },
    90_000,
  );
});
