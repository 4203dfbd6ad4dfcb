import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createClosers } from "@aethyr/process";
import { silentLog } from "@aethyr/runtime";
import { ensureServer } from "@aethyr/servers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadClusterConfig } from "../service/cluster-config.ts";
import { natsPlace } from "../nats/nats-place.ts";
import { startSmallCluster, type SmallCluster } from "../testing/small-cluster.ts";
import { reachWorld, type Role } from "./reach-world.ts";

const isHere = [await ensureServer("nats"), await ensureServer("immudb")].every((path) => path !== undefined);

describe.skipIf(!isHere)("a process that looks for its world", () => {
  let cluster: SmallCluster;
  beforeAll(async () => {
    cluster = await startSmallCluster();
  });
  afterAll(() => cluster.stop());

  /** What it rejects with; whatever it opened is closed. */
  async function reach(world: string, role: Role, more: Readonly<Record<string, string>> = {}, log = silentLog): Promise<unknown> {
    const { opened, close } = createClosers();
    try {
      const { record } = await reachWorld(cluster.config(world, more), role, log, opened, 0);
      return record;
    } catch (error) {
      return error;
    } finally {
      await close();
    }
  }

  test("[G1] finds none before a host has begun it, and then the same as the host", async () => {
    for (const role of ["relay", "projector", "gateway", "console"] as const)
      expect(await reach("begun", role)).toMatchObject({ code: "no_hosts_yet" });
    const record = await reach("begun", "host");
    expect(record).toMatchObject({ partitions: 8, mapEpoch: 1 });
    expect(await reach("begun", "relay")).toEqual(record);
    expect(await reach("begun", "host", { AETHYR_PLACEMENT_PARTITIONS: "16" })).toMatchObject({
      code: "other_partitions",
      message: expect.stringContaining("set placement.partitions to 8") as string,
    });
    // Only hosts count on a number.
    expect(await reach("begun", "gateway", { AETHYR_PLACEMENT_PARTITIONS: "16" })).toEqual(record);
  });

  test("[G1] a host without a module that others have is refused before it serves anything; whoever is none is told", async () => {
    const guide = { AETHYR_MODULES: fileURLToPath(new URL("../../../../docs/guide/index.ts", import.meta.url)) };
    const warned: unknown[][] = [];
    const log = { ...silentLog, warn: (...line: unknown[]) => void warned.push(line) };
    expect(await reach("modular", "host")).not.toBeInstanceOf(Error);
    await reach("modular", "gateway", guide, log);
    expect(warned).toEqual([[{ types: expect.stringContaining("lantern") as string }, expect.stringContaining("know less than this")]]);
    expect(await reach("modular", "host", guide)).toMatchObject({ types: expect.arrayContaining(["lantern", "room"]) as unknown });
    warned.length = 0;
    await reach("modular", "gateway", guide, log);
    expect(warned).toEqual([]);
    await reach("modular", "gateway", {}, log);
    expect(warned).toEqual([[{ types: expect.stringContaining("lantern") as string }, expect.stringContaining("know more than this")]]);
    expect(await reach("modular", "host")).toMatchObject({
      code: "other_modules",
      details: { missing: expect.arrayContaining(["lantern"]) as unknown },
    });
    expect(await reach("modular", "host", { AETHYR_PLACEMENT_FEWER_TYPES: "true" })).not.toBeInstanceOf(Error);
    expect(await reach("modular", "host")).not.toBeInstanceOf(Error);
  });

  test("[A18] whoever is not at the servers, or not let in, is told so and nothing stays open", async () => {
    expect(await reach("begun", "relay", { AETHYR_IMMUDB_PASSWORD: "Wrong-1!" })).toMatchObject({ code: "immudb_refused" });
    expect(await reach("begun", "relay", { AETHYR_IMMUDB_ADDRESS: "127.0.0.1:1" })).toMatchObject({ code: "immudb_unreachable" });
    expect(await reach("begun", "relay", { AETHYR_NATS_SERVERS: "nats://127.0.0.1:1" })).toBeInstanceOf(Error);
    expect(await reach("begun", "relay", { AETHYR_MODULES: "/nowhere/module.ts" })).toMatchObject({ code: "invalid_module" });
  });
});

test("[A19] where NATS is, and who we are there, is as it is configured; a password may be in a file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "aethyr-nats-"));
  const placeOf = async (env: Readonly<Record<string, string>>) => natsPlace(loadClusterConfig({ flags: {}, env, cwd: folder }).config);
  try {
    await writeFile(join(folder, "password"), "hush\n", { mode: 0o600 });
    expect(
      await placeOf({ AETHYR_NATS_SERVERS: "nats://a:1,tls://b:2", AETHYR_NATS_REPLICAS: "3", AETHYR_NATS_FEED_BYTES: "33554432" }),
    ).toEqual({
      servers: ["nats://a:1", "tls://b:2"],
      replicas: 3,
      feedBytes: 33_554_432,
    });
    const file = { AETHYR_NATS_USERNAME: "relay", AETHYR_NATS_PASSWORD_FILE: join(folder, "password"), AETHYR_NATS_TLS_CA: "/ca.pem" };
    expect(await placeOf(file)).toEqual({
      servers: ["nats://127.0.0.1:4222"],
      feedBytes: 1_073_741_824,
      username: "relay",
      password: "hush",
      tls: { caFile: "/ca.pem" },
    });
    await expect(placeOf({ ...file, AETHYR_NATS_PASSWORD_FILE: join(folder, "none") })).rejects.toMatchObject({
      code: "invalid_config",
      problems: [expect.stringContaining("nats.passwordFile cannot be read") as string],
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});
