import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensureServer, startNats, type RunningServer } from "@aethyr/servers";
import { connectNatsBus } from "./nats-bus.ts";

const nats = await ensureServer("nats");
const mebibyte = 1024 * 1024;

describe.skipIf(nats === undefined)("on a real nats-server with a small disk", () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startNats({ config: "jetstream: { max_file_store: 48MB }" });
  }, 120_000);
  afterAll(() => server.stop());

  const limits = { queueBytes: 8 * mebibyte, feedBytes: 16 * mebibyte, deadLetterBytes: 8 * mebibyte };

  test(
    "[G11][G12] a lane full of what is no command, and all of it put aside, leaves room for whoever else keeps something",
    { timeout: 60_000 },
    async () => {
      const bus = await connectNatsBus({ servers: server.url, world: "small", ...limits });
      const client = await connect({ servers: server.url });
      try {
        const lane = jetstream(client);
        const junk = Buffer.alloc(64 * 1024, "[");
        let refused: unknown;
        for (let sent = 0; refused === undefined && sent < 1_000; sent += 50) {
          const answers = await Promise.allSettled(Array.from({ length: 50 }, () => lane.publish("cmd.small.x.y", junk)));
          refused = answers.find((answer) => answer.status === "rejected")?.reason;
        }
        expect(refused).toMatchObject({ message: expect.stringContaining("maximum bytes") as unknown });
        for (let id = 0; id < 400; id += 1)
          await bus.deadLetter({
            id: `junk-${id}`,
            target: { type: "x", id: "y" },
            bytes: junk,
            contentType: "application/json",
            reason: "no command",
            attempts: 1,
          });

        const manager = await jetstreamManager(client);
        expect((await manager.streams.info("DLQ_small")).state.bytes).toBeLessThanOrEqual(limits.deadLetterBytes);
        await manager.streams.add({ name: "OTHERS", subjects: ["others"] });
        for (let count = 0; count < 50; count += 1) await lane.publish("others", Buffer.alloc(100 * 1024));
        expect((await manager.streams.info("OTHERS")).state.messages).toBe(50);
      } finally {
        await client.close();
        await bus.close();
      }
    },
  );

  test("[G11] a world that wants more room than there is does not begin, and the error says what to do", async () => {
    const begun = connectNatsBus({ servers: server.url, world: "large", ...limits, feedBytes: 1024 * mebibyte });
    await expect(begun).rejects.toMatchObject({ code: "unavailable", message: expect.stringContaining("nats.feedBytes") as unknown });
  });
});
