import { randomUUID } from "node:crypto";
import { createMemoryKeyStore, readLog, type StoredEvent } from "@aethyr/event-store";
import { openImmudbEventStore } from "@aethyr/event-store/immudb";
import { createActorHost } from "../actor-host.ts";
import type { Reply } from "@aethyr/protocol";
import { ensureServer, startImmudb } from "@aethyr/servers";
import { describe, expect, test, vi } from "vitest";
import { command, counters } from "../testing/index.ts";

const immudb = await ensureServer("immudb");
const players = 24;

describe.skipIf(immudb === undefined)("a host whose real immudb is killed under load", () => {
  test("[R31][R16][A18] [G2] [G3] refuses while it is away, goes on by itself, and the counts are exact", async () => {
    await using server = await startImmudb({ adminPassword: "test-password" });
    const store = await openImmudbEventStore({
      address: server.address,
      username: "immudb",
      password: "test-password",
      database: `t${randomUUID().replaceAll("-", "")}`,
      create: true,
    });
    const host = createActorHost({ domain: counters, store, keys: createMemoryKeyStore() });
    const codes = new Map<string, number>();
    const inDoubt = new Set<string>();
    /** In doubt, and not asked for again. */
    const unknown = new Set<string>();
    const accepted = new Map<string, Reply>();
    let running = true;
    let newcomers = 0;

    /** Sends one command after another; one in doubt is asked for until that is over. */
    async function play(player: number): Promise<void> {
      const target = `counter/c${player}`;
      let next = command(target, "Open");
      while (running || inDoubt.has(next.id)) {
        const reply = await host.submit(next);
        codes.set(reply.code, (codes.get(reply.code) ?? 0) + 1);
        if (reply.code === "accepted") accepted.set(next.id, reply);
        if (reply.code === "outcome_unknown") inDoubt.add(next.id);
        // What is in doubt is never said to have had no effect.
        else if (inDoubt.has(next.id)) expect(reply.code).toBe("accepted");
        if (reply.code === "accepted") {
          inDoubt.delete(next.id);
          next = command(target, "Add", { amount: 1 });
        } else await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    const count = (code: string) => codes.get(code) ?? 0;
    /** New ones all the time: while it is away none of them waits. */
    async function come(): Promise<void> {
      while (running) {
        const next = command(`counter/new${(newcomers += 1)}`, "Open");
        const reply = await host.submit(next);
        codes.set(reply.code, (codes.get(reply.code) ?? 0) + 1);
        if (reply.code === "accepted") accepted.set(next.id, reply);
        if (reply.code === "outcome_unknown") unknown.add(next.id);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    const playing = Promise.all([...Array.from({ length: players }, (_, player) => play(player)), come(), come(), come(), come()]);

    for (let round = 0; round < 3; round += 1) {
      const before = count("accepted");
      await vi.waitFor(() => expect(count("accepted")).toBeGreaterThan(before + 100), { timeout: 30_000 });
      await server.kill("SIGKILL");
      const refused = count("unavailable");
      await vi.waitFor(() => expect(count("unavailable")).toBeGreaterThan(refused + 20), { timeout: 30_000 });
      expect(host.actors().length).toBeGreaterThan(0);
      await server.restart();
    }
    const before = count("accepted");
    await vi.waitFor(() => expect(count("accepted")).toBeGreaterThan(before + 100), { timeout: 30_000 });
    running = false;
    await playing;
    await host.close();

    const log: StoredEvent[] = [];
    for await (const event of readLog(store)) log.push(event);
    expect(new Set(log.map(({ id }) => id)).size).toBe(log.length);
    // Each accepted command is in the log once, where its reply says; and nothing else is.
    expect(new Map(log.filter(({ meta }) => !unknown.has(meta.command)).map(({ meta, position }) => [meta.command, position]))).toEqual(
      new Map([...accepted].map(([id, reply]) => [id, reply.code === "accepted" ? reply.position : 0])),
    );
    await store.close();
  });
});
