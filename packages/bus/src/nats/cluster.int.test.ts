import { randomUUID } from "node:crypto";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type NatsCluster, ensureServer, startNatsCluster } from "@aethyr/servers";
import type { Bus } from "../bus.ts";
import { busContract } from "../contract/index.ts";
import { deal, hallShare, idsOf, limits, message, range, serveNoting, until } from "../contract/support.ts";
import { connectNatsBus } from "./nats-bus.ts";

const nats = await ensureServer("nats");
const freshWorld = (): string => `w${randomUUID().slice(0, 23)}`;

describe.skipIf(nats === undefined)("on a cluster of three servers", () => {
  let cluster: NatsCluster;
  beforeAll(async () => {
    cluster = await startNatsCluster();
  }, 120_000);
  afterAll(() => cluster.stop());

  let opened = 0;
  busContract({
    name: "nats, three servers",
    open: async (contractLimits) => {
      const world = freshWorld();
      const open: Bus[] = [];
      // Who listens to what another server of the cluster learns a moment later, so the connections of a test are of one of them.
      opened += 1;
      const servers = cluster.urls[opened % cluster.urls.length] ?? "";
      return {
        connect: async () => {
          const bus = await connectNatsBus({ servers, world, ...contractLimits });
          open.push(bus);
          return bus;
        },
        close: async () => {
          await Promise.all(open.map((bus) => bus.close()));
        },
      };
    },
  });

  test("every stream is kept by three servers", async () => {
    const world = freshWorld();
    const bus = await connectNatsBus({ servers: cluster.urls, world });
    const client = await connect({ servers: [...cluster.urls] });
    try {
      const manager = await jetstreamManager(client);
      for (const stream of [`CMD_${world}`, `EVT_${world}`, `DLQ_${world}`]) {
        expect((await manager.streams.info(stream)).config.num_replicas).toBe(3);
      }
    } finally {
      await Promise.all([bus.close(), client.close()]);
    }
  });

  test(
    "[G2] [G4] while the server that leads the queue lane is killed, again and again, nothing that was taken is lost, and the order is kept",
    { timeout: 240_000 },
    async () => {
      const world = freshWorld();
      const open = (): Promise<Bus> => connectNatsBus({ servers: cluster.urls, world, partitions: limits.partitions });
      const [sender, host, client] = [await open(), await open(), await connect({ servers: [...cluster.urls], maxReconnectAttempts: -1 })];
      try {
        const manager = await jetstreamManager(client);
        const lost: string[] = [];
        const { taken } = await serveNoting(
          host,
          deal,
          hallShare(1, () => lost.push("epoch 1")),
        );
        const kept: string[] = [];
        let stop = false;
        const sending = (async () => {
          for (let index = 0; !stop; index += 1) {
            const id = `c${index}`;
            // One after the other, each again under its id until it is taken: so the order sent is the order kept.
            await until(() => sender.enqueue(message(id)));
            kept.push(id);
          }
        })();
        for (const round of range(2)) {
          await until(() => expect(taken.length).toBeGreaterThan(20 * (round + 1)));
          const { cluster: place } = await manager.streams.info(`CMD_${world}`);
          const leader = cluster.servers.find(({ serverName }) => serverName === place?.leader);
          await leader?.kill("SIGKILL");
          const before = kept.length;
          await until(() => expect(kept.length).toBeGreaterThan(before + 20));
          await leader?.restart();
        }
        stop = true;
        await sending;
        await until(() => expect(new Set(idsOf(taken)).size).toBe(kept.length));
        // At least once, each first time in the order in which it was sent.
        expect([...new Set(idsOf(taken))]).toStrictEqual(kept);
        expect(lost).toStrictEqual([]);
      } finally {
        await Promise.all([sender.close(), host.close(), client.close()]);
      }
    },
  );
});
