import { keyStoreContract } from "@aethyr/event-store/contract";
import type { KeyStore } from "@aethyr/kernel";
import { silentLog } from "@aethyr/runtime";
import { ensureServer, startNats, type RunningServer } from "@aethyr/servers";
import { jetstreamManager } from "@nats-io/jetstream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectCoordination, type Coordination } from "../nats/connect.ts";
import { openNatsKeyStore } from "./nats-key-store.ts";

const binary = await ensureServer("nats");

describe.skipIf(binary === undefined)("keys in a bucket of NATS", () => {
  let nats: RunningServer;
  const connections = new Map<KeyStore, { readonly coordination: Coordination; readonly world: string }>();
  let worlds = 0;

  beforeAll(async () => {
    nats = await startNats({});
  });
  afterAll(async () => {
    await Promise.all([...connections.values()].map(({ coordination }) => coordination.close()));
    await nats.stop();
  });

  async function open(world = `w${(worlds += 1)}`): Promise<KeyStore> {
    const coordination = await connectCoordination({ servers: [nats.url] }, { world, role: "keys", log: silentLog, createBuckets: true });
    const keys = await openNatsKeyStore(coordination);
    connections.set(keys, { coordination, world });
    return keys;
  }

  keyStoreContract({
    name: "NATS",
    open: () => open(),
    reopen: async (before) => {
      const { coordination, world } = connections.get(before)!;
      await before.close();
      await coordination.close();
      return open(world);
    },
  });

  test("[D40] the bytes of a forgotten key are gone from the server", async () => {
    const keys = await open("forgetful");
    const key = await keys.obtain("player/ada");
    await keys.forget("player/ada");
    const { coordination } = connections.get(keys)!;
    const manager = await jetstreamManager(coordination.nats);
    const { state } = await manager.streams.info("KV_keys_forgetful");
    const kept: string[] = [];
    for (let seq = state.first_seq; seq <= state.last_seq; seq += 1) {
      const message = await manager.streams.getMessage("KV_keys_forgetful", { seq });
      if (message !== null) kept.push(Buffer.from(message.data).toString("hex"));
    }
    expect(kept).toHaveLength(1);
    expect(kept.join()).not.toContain(Buffer.from(key).toString("hex"));
  });

  test("[G11] a store whose server is gone says so, with `unavailable`", async () => {
    const server = await startNats({});
    const coordination = await connectCoordination(
      { servers: [server.url] },
      { world: "lost", role: "keys", log: silentLog, createBuckets: true },
    );
    const keys = await openNatsKeyStore(coordination);
    await server.stop();
    await expect(keys.obtain("player/ada")).rejects.toMatchObject({ code: "unavailable" });
    await coordination.close();
  });
});
