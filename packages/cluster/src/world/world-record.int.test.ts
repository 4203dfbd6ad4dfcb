import { silentLog } from "@aethyr/runtime";
import { ensureServer, startNats, type RunningServer } from "@aethyr/servers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectCoordination, type Coordination } from "../nats/connect.ts";
import { agreeOnWorld } from "./world-record.ts";

const binary = await ensureServer("nats");

describe.skipIf(binary === undefined)("what all processes of a world agree on", () => {
  let nats: RunningServer;
  let coordination: Coordination;

  beforeAll(async () => {
    nats = await startNats({});
    coordination = await connectCoordination(
      { servers: [nats.url] },
      { world: "agreed", role: "test", log: silentLog, createBuckets: true },
    );
  });
  afterAll(async () => {
    await coordination.close();
    await nats.stop();
  });

  test("[G1] nobody but a host begins a world; the first of many writes it down, the others find the same", async () => {
    await expect(agreeOnWorld(coordination, { log: "l1" })).rejects.toMatchObject({ code: "no_hosts_yet" });
    const records = await Promise.all(Array.from({ length: 8 }, () => agreeOnWorld(coordination, { log: "l1", partitions: 16 })));
    for (const record of records) expect(record).toEqual({ log: "l1", partitions: 16, mapEpoch: 1 });
    expect(await agreeOnWorld(coordination, { log: "l1" })).toMatchObject({ partitions: 16 });
  });

  test("[G1] a process on another log, or with other partitions, is refused and told what to do", async () => {
    await expect(agreeOnWorld(coordination, { log: "l2", partitions: 16 })).rejects.toMatchObject({ code: "other_log" });
    await expect(agreeOnWorld(coordination, { log: "l1", partitions: 32 })).rejects.toThrow(/set placement\.partitions to 16/);
  });
});
