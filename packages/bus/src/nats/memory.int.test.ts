import { randomUUID } from "node:crypto";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeReply, refused } from "@aethyr/protocol";
import { type RunningServer, ensureServer, startNats } from "@aethyr/servers";
import { message, serveNoting, until } from "../contract/support.ts";
import { connectNatsBus } from "./nats-bus.ts";

const nats = await ensureServer("nats");

function collector(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}

describe.skipIf(nats === undefined)("on a real nats-server", () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startNats();
  }, 120_000);
  afterAll(() => server.stop());

  test("[G12] a bus keeps nothing of a request that was answered, however long it stays open", async () => {
    const world = `w${randomUUID().slice(0, 23)}`;
    const host = await connectNatsBus({ servers: server.url, world, partitions: 4 });
    const game = await connectNatsBus({ servers: server.url, world });
    await serveNoting(host, (delivery) => {
      delivery.respond(encodeReply(refused(delivery.id, "rejected", "no"), delivery.contentType));
      delivery.acknowledge();
    });
    const replies: WeakRef<object>[] = [];
    for (let count = 0; count < 50; count += 1) replies.push(new WeakRef(await game.request(message(`c${count}`))));
    const collect = collector();
    await until(() => {
      collect();
      expect(replies.filter((reply) => reply.deref() !== undefined)).toEqual([]);
    });
    await game.close();
    await host.close();
  });
});
