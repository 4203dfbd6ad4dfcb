import { randomUUIDv7 } from "node:crypto";
import { ref, type Json, type Ref } from "@aethyr/kernel";
import type { Operations } from "@aethyr/operator";
import { createClosers } from "@aethyr/process";
import { decodeReply, encodeCommand, type CommandEnvelope, type Reply } from "@aethyr/protocol";
import { silentLog, startRelay } from "@aethyr/runtime";
import { ensureServer } from "@aethyr/servers";
import { jetstreamManager, type JetStreamManager } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { relayCheckpoints } from "../leading/relay-checkpoints.ts";
import { startSmallCluster, type SmallCluster } from "../testing/small-cluster.ts";
import { reachWorld, type WorldInReach } from "./reach-world.ts";

const isHere = [await ensureServer("nats"), await ensureServer("immudb")].every((path) => path !== undefined);
const world = "lost";
const within = { timeout: 40_000 };

describe.skipIf(!isHere)("a world whose streams somebody deletes while it runs", () => {
  const { opened, close } = createClosers();
  let cluster: SmallCluster;
  let operations: Operations;
  let reach: WorldInReach;
  let nats: NatsConnection;
  let manager: JetStreamManager;

  beforeAll(async () => {
    cluster = await startSmallCluster();
    opened(await cluster.startHost(world, "north"));
    const relaying = await reachWorld(cluster.config(world), "relay", silentLog, opened);
    const { store, bus, coordination } = relaying;
    const relay = opened(
      await startRelay({ store, bus, log: silentLog, from: "start", checkpoints: await relayCheckpoints(coordination) }),
    );
    opened(await bus.hints((hint) => void (hint.kind === "head" && relay.hint(hint.position))));
    reach = await reachWorld(cluster.config(world), "gateway", silentLog, opened);
    const operated = opened(await cluster.operate(world));
    ({ operations } = operated);
    nats = await connect({ servers: cluster.nats.url });
    manager = await jetstreamManager(nats);
  }, 120_000);
  afterAll(async () => {
    await nats?.close();
    await close();
    await cluster?.stop();
  });

  const command = (type: string, target: Ref, data: Json): CommandEnvelope => ({
    v: 1,
    id: randomUUIDv7(),
    type,
    target,
    data,
    actor: "x",
  });
  const create = (id: string): CommandEnvelope => command("CreateRoom", ref("room", id), { name: `The ${id}` });
  async function make(...ids: readonly string[]): Promise<void> {
    for (const { code } of await operations.sendCommands(ids.map(create))) expect(code).toBe("accepted");
  }
  const logged = async (): Promise<readonly number[]> => (await reach.store.readAll(0, 1_000)).map(({ position }) => position);

  test("[G7] the feed is made again and filled from the log, in its order, and who follows misses nothing and gets nothing twice", async () => {
    await make("a-1", "a-2", "a-3");
    const stop = new AbortController();
    const seen: number[] = [];
    const following = (async () => {
      for await (const { position } of operations.tailEvents({ after: 0, follow: true, signal: stop.signal })) seen.push(position);
    })();
    const caughtUp = () => vi.waitFor(async () => expect(seen).toEqual(await logged()), within);
    await caughtUp();

    await manager.streams.delete(`EVT_${world}`);
    await make("b-1", "b-2");
    await caughtUp();
    // Also while nothing happens that would have to be published.
    await manager.streams.delete(`EVT_${world}`);
    const onFeed: number[] = [];
    await vi.waitFor(async () => expect((await manager.streams.info(`EVT_${world}`)).state.messages).toBe((await logged()).length), within);
    const raw = await reach.bus.follow((events) => void onFeed.push(...events.map(({ position }) => position)), { after: 0 });
    await make("c-1");
    await caughtUp();
    await vi.waitFor(async () => expect(onFeed).toEqual(await logged()), within);
    await raw.close();
    stop.abort();
    await following;
  }, 120_000);

  test("[G2] the lanes are made again by a host: commands on both are answered as before", async () => {
    const onQueue = (sent: CommandEnvelope): Promise<Reply> =>
      new Promise((resolve, reject) => {
        const message = { ...encodeCommand(sent, "application/msgpack"), id: sent.id, target: sent.target };
        reach.bus.enqueue(message, { onReply: (reply) => resolve(decodeReply(reply)) }).catch(reject);
      });
    expect(await onQueue(create("d-1"))).toMatchObject({ code: "accepted" });
    await manager.streams.delete(`CMD_${world}`);
    const late = create("d-2");
    await vi.waitFor(async () => expect((await manager.streams.info(`CMD_${world}`)).config.max_msgs_per_subject).toBe(1_000), within);
    expect(await onQueue(late)).toMatchObject({ code: "accepted" });
    await make("d-3");
    expect(await reach.store.readStream(late.target)).toHaveLength(1);
  }, 60_000);

  test("[G2] a world for which NATS keeps nothing any more goes on when its processes are started again", async () => {
    const emptied = "emptied";
    const first = await cluster.startHost(emptied, "north");
    const operated = await cluster.operate(emptied);
    const before = create("e-1");
    expect(await operated.operations.sendCommands([before])).toMatchObject([{ code: "accepted" }]);
    await operated.close();
    await first.close();
    for await (const { config } of manager.streams.list())
      if (config.name.endsWith(`_${emptied}`)) await manager.streams.delete(config.name);
    opened(await cluster.startHost(emptied, "north"));
    const again = opened(await cluster.operate(emptied));
    const after = command("UpdateRoomDescription", before.target, { description: "Still here." });
    // What was answered before is known by the log alone.
    expect(await again.operations.sendCommands([before, after])).toMatchObject([{ code: "accepted" }, { code: "accepted" }]);
    expect((await reach.store.readStream(before.target)).map(({ version }) => version)).toEqual([1, 2]);
  }, 60_000);
});
