import { connectNatsBus } from "@aethyr/bus/nats";
import { partitionOf } from "@aethyr/protocol";
import { ref } from "@aethyr/kernel";
import { silentLog } from "@aethyr/runtime";
import { ensureServer, startNats, type RunningServer } from "@aethyr/servers";
import { Registry } from "prom-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectCoordination } from "../nats/connect.ts";
import { watchQueue } from "./queue-metrics.ts";

const binary = await ensureServer("nats");

describe.skipIf(binary === undefined)("what waits on the queue lane", () => {
  let nats: RunningServer;
  beforeAll(async () => {
    nats = await startNats({});
  });
  afterAll(() => nats.stop());

  test("[A3] is told by partition, with the age of the oldest; while NATS is away the last figures stand", async () => {
    const [world, partitions] = ["waiting", 4];
    const bus = await connectNatsBus({ servers: nats.url, world, partitions });
    const coordination = await connectCoordination(
      { servers: [nats.url] },
      { world, role: "console", log: silentLog, createBuckets: false },
    );
    const registry = new Registry();
    const warned: string[] = [];
    const log = { ...silentLog, warn: (_: object, text: string) => void warned.push(text) };
    await watchQueue(coordination, { world, partitions, registry, log });
    const empty = await registry.metrics();
    expect(empty).toMatch(/^aethyr_queue_lane_commands\{partition="3"\} 0$/m);
    expect(empty).toMatch(/^aethyr_queue_oldest_seconds 0$/m);

    const hall = ref("room", "hall");
    const bytes = new TextEncoder().encode("{}");
    for (const id of ["a", "b", "c"]) await bus.enqueue({ id, target: hall, bytes, contentType: "application/json" });
    const expected = `aethyr_queue_lane_commands{partition="${partitionOf(hall, partitions)}"} 3`;
    // One look, for both are of the moment in which they are asked for.
    const filled = await registry.metrics();
    expect(filled).toContain(expected);
    expect(filled).not.toMatch(/^aethyr_queue_oldest_seconds 0$/m);

    await nats.kill("SIGKILL");
    expect(await registry.metrics()).toContain(expected);
    await registry.metrics();
    expect(warned).toEqual(["what waits on the queue lane cannot be told"]);
    await coordination.close();
    await bus.close();
  });
});
