import { jetstreamManager } from "@nats-io/jetstream";
import { ref } from "@aethyr/kernel";
import { ensureServer, startNats, type RunningServer } from "@aethyr/servers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FeedEvent } from "../bus.ts";
import { worldsOn } from "./on-world.fixture.ts";

const nats = await ensureServer("nats");

describe.skipIf(nats === undefined)("the feed of a server that writes to the disk what it acknowledges", () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startNats({ config: "jetstream { sync_interval: always }" });
  }, 120_000);
  afterAll(() => server.stop());
  const onWorld = worldsOn(() => server);

  const log = Array.from({ length: 600 }, (_, index): FeedEvent => {
    const position = index + 1;
    const bytes = Buffer.from(JSON.stringify({ position }));
    return { position, previous: index, stream: ref("room", `r${index % 7}`), version: 1 + Math.floor(index / 7), type: "RoomDug", bytes };
  });

  test("[G2][G7] is not waited for, as the log has it all; the queue lane is", () =>
    onWorld(async ({ world, bus, plain }) => {
      await bus();
      const manager = await jetstreamManager(await plain());
      const modes = await Promise.all(
        ["EVT", "CMD", "DLQ"].map(async (name) => (await manager.streams.info(`${name}_${world}`)).config.persist_mode ?? "default"),
      );
      expect(modes).toEqual(["async", "default", "default"]);
    }));

  test("[G7] what a killed server forgot of it is published again, and no reader misses or doubles anything", { timeout: 60_000 }, () =>
    onWorld(async ({ bus }) => {
      const [relay, reader] = [await bus(), await bus()];
      const seen: number[] = [];
      await reader.follow((events) => void seen.push(...events.map(({ position }) => position)));
      for (const upTo of [200, 400, 600]) {
        const from = (await relay.end()).position ?? 0;
        await relay.publish(log.slice(from, upTo));
        await server.kill("SIGKILL");
        await server.restart();
        // As the relay does after any failure: where the feed ends now says where to go on.
        await expect.poll(() => relay.end().catch(() => undefined), { timeout: 20_000 }).toBeDefined();
      }
      const kept = (await relay.end()).position ?? 0;
      if (kept < log.length) await relay.publish(log.slice(kept));
      await expect.poll(() => seen.length, { timeout: 20_000 }).toBe(log.length);
      expect(seen).toEqual(log.map(({ position }) => position));
      expect((await relay.end()).count).toBe(log.length);
    }),
  );
});
