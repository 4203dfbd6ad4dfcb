import { silentLog } from "@aethyr/runtime";
import { ensureServer, startNats, type RunningServer } from "@aethyr/servers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { relayCheckpoints } from "../leading/relay-checkpoints.ts";
import { connectCoordination } from "./connect.ts";

const binary = await ensureServer("nats");

describe.skipIf(binary === undefined)("the connection beside commands and events", () => {
  let nats: RunningServer;
  beforeAll(async () => {
    nats = await startNats({ config: `authorization { user: "host", password: "secret" }` });
  });
  afterAll(() => nats.stop());

  const options = { world: "beside", role: "host", log: silentLog, createBuckets: true };

  test("[G11] is had with the password of its role, and with no other", async () => {
    const place = { servers: [nats.url], username: "host", password: "secret", replicas: 1 };
    const coordination = await connectCoordination(place, options);
    await (await coordination.bucket("leaders")).put("office", "somebody");
    await coordination.close();
    await expect(connectCoordination({ servers: [nats.url], username: "host" }, options)).rejects.toThrow(/[Aa]uthorization/);
    await expect(connectCoordination({ servers: [nats.url] }, options)).rejects.toThrow(/[Aa]uthorization/);
  });

  test("[G7] keeps how far the feed of a world has come, for the next relay", async () => {
    const coordination = await connectCoordination({ servers: [nats.url], username: "host", password: "secret" }, options);
    try {
      const checkpoints = await relayCheckpoints(coordination);
      expect(await checkpoints.load()).toBeUndefined();
      await checkpoints.save({ position: 2_048, count: 2 });
      await checkpoints.save({ position: 3_072, count: 3 });
      expect(await (await relayCheckpoints(coordination)).load()).toEqual({ position: 3_072, count: 3 });
    } finally {
      await coordination.close();
    }
  });
});
