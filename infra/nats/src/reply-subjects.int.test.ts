import { ensureServer, startNats, type RunningServer } from "@aethyr/servers";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { Kvm, type KV } from "@nats-io/kv";
import { connect, headers, type NatsConnection } from "@nats-io/transport-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { natsServerConfig, roles, type Role } from "./index.ts";

const binary = await ensureServer("nats");
const world = "skerrow";
const passwords = Object.fromEntries(roles.map((role) => [role, `password of ${role}`])) as Readonly<Record<Role, string>>;

describe.skipIf(binary === undefined)("answers that a game node has the server send, on a real nats-server", () => {
  let server: RunningServer;
  let host: NatsConnection;
  let node: NatsConnection;
  let relay: NatsConnection;
  let keys: KV;
  const open: NatsConnection[] = [];

  async function as(user: Role): Promise<NatsConnection> {
    const nats = await connect({ servers: server.url, user, pass: passwords[user], inboxPrefix: `_INBOX_${user}` });
    open.push(nats);
    return nats;
  }

  beforeAll(async () => {
    server = await startNats({ config: natsServerConfig({ world, passwords, partitions: 4 }) });
    [host, relay, node] = [await as("host"), await as("relay"), await as("node")];
    const { streams } = await jetstreamManager(host);
    await streams.add({ name: `CMD_${world}`, subjects: [`cmd.${world}.*.*`], retention: "workqueue" });
    await streams.add({ name: `EVT_${world}`, subjects: [`evt.${world}.*.*`], allow_direct: true });
    await jetstream(relay).publish(`evt.${world}.room.hall`, "an event");
    keys = await new Kvm(jetstream(host)).create(`keys_${world}`, { allow_direct: false });
  });
  afterAll(async () => {
    await Promise.all(open.map((nats) => nats.close()));
    await server?.stop();
  });

  /** Once these are answered, the server has dealt with what the node sent before, and with its own answers to that. */
  async function settled(): Promise<void> {
    await node.request("$JS.API.INFO");
    await node.request(`$JS.API.DIRECT.GET.EVT_${world}`, JSON.stringify({ seq: 1 }));
    await jetstream(node).publish(`cmd.${world}.room.hall`, "{}");
    await jetstream(relay).publish(`evt.${world}.room.hall`, "an event");
    await keys.put("after", "it");
  }

  test("[G11] none of them overwrites a key", async () => {
    const key = `$KV.keys_${world}.abc`;
    const overwrote: string[] = [];
    for (const [subject, body] of [
      [`$JS.API.DIRECT.GET.EVT_${world}`, { seq: 1 }],
      [`$JS.API.STREAM.MSG.GET.EVT_${world}`, { seq: 1 }],
      [`$JS.API.STREAM.INFO.EVT_${world}`, {}],
      ["$JS.API.INFO", {}],
      [`cmd.${world}.room.hall`, {}],
    ] as const) {
      await keys.put("abc", "the key");
      node.publish(subject, JSON.stringify(body), { reply: key });
      await settled();
      if ((await keys.get("abc"))?.string() !== "the key") overwrote.push(subject);
    }
    expect(overwrote).toEqual([]);
  });

  test("[G11] none of them comes onto the feed", async () => {
    const { streams } = await jetstreamManager(host);
    node.publish(`cmd.${world}.room.hall`, "{}", { reply: `evt.${world}.x.y` });
    await settled();
    const { state } = await streams.info(`EVT_${world}`, { subjects_filter: ">" });
    expect(Object.keys(state.subjects ?? {})).toEqual([`evt.${world}.room.hall`]);
  });

  test("[G11] no consumer delivers events where others listen for something else", async () => {
    const gateway = await as("gateway");
    const heard: string[] = [];
    gateway.subscribe(`say.${world}`, { callback: (_, message) => void heard.push(message.string()) });
    await gateway.flush();
    const config = { name: "pushed", deliver_subject: `say.${world}`, ack_policy: "none", mem_storage: true };
    node.publish(
      `$JS.API.CONSUMER.CREATE.EVT_${world}.pushed`,
      JSON.stringify({ stream_name: `EVT_${world}`, action: "", config: { ...config, deliver_policy: "all", replay_policy: "instant" } }),
    );
    await settled();
    gateway.publish(`say.${world}`, "the end");
    await expect.poll(() => heard).toContain("the end");
    expect(heard).toEqual(["the end"]);
  });

  test("[G11] none of them leaves the account of game nodes, where others must expect them", async () => {
    const other = await as("node");
    const heard: string[] = [];
    other.subscribe(`evt.${world}.x.*`, { callback: (_, message) => void heard.push(`${message.headers?.get("Nats-Stream")}`) });
    await other.flush();
    node.publish(`$JS.API.DIRECT.GET.EVT_${world}`, JSON.stringify({ seq: 1 }), { reply: `evt.${world}.x.y` });
    await expect.poll(() => heard).toEqual([`EVT_${world}`]);
  });

  test("a game node reads many events of the feed by one question, and hears the next as they come", async () => {
    const { streams } = await jetstreamManager(host);
    const { first_seq: first, last_seq: last } = (await streams.info(`EVT_${world}`)).state;
    const read: number[] = [];
    const question = { seq: first, batch: 1_000, next_by_subj: `evt.${world}.>` };
    const answers = await node.requestMany(`$JS.API.DIRECT.GET.EVT_${world}`, JSON.stringify(question), {
      strategy: "sentinel",
      maxWait: 10_000,
    });
    for await (const answer of answers) if (answer.headers?.code !== 204) read.push(Number(answer.headers?.get("Nats-Sequence")));
    expect(read).toEqual(Array.from({ length: last - first + 1 }, (_, index) => first + index));
    expect(last).toBeGreaterThan(3);

    const live = node.subscribe(`evt.${world}.*.*`, { max: 1 });
    await node.flush();
    await jetstream(relay).publish(`evt.${world}.room.attic`, "news");
    for await (const message of live) expect([message.subject, message.string()]).toEqual([`evt.${world}.room.attic`, "news"]);
  });

  test("a reply to the inbox that a header names comes to it, and no other account's inbox is heard", async () => {
    const replies = node.subscribe("_INBOX_node.mine", { max: 1 });
    await node.flush();
    host.publish("_INBOX_gateway.mine", "not for nodes");
    host.publish("_INBOX_node.mine", "accepted");
    for await (const reply of replies) expect(reply.string()).toBe("accepted");
  });

  test("[G6] with no host there, or none that owns the partition, a game node is told so at once", async () => {
    const plain = `req.${world}.room.hall`;
    const request = (subject: string) => node.request(subject, "{}", { timeout: 10_000 });
    for (const subject of [plain, `req.${world}.1.room.hall`]) await expect(request(subject), subject).rejects.toThrow("no responders");
    // As a host tells it that has passed a request on.
    const serving = host.subscribe(`req.${world}.*.*.*`, {
      callback: (_, { reply = "" }) => host.publish(reply, "", { headers: headers(503, "No Responders") }),
    });
    await host.flush();
    await expect(request(plain)).rejects.toThrow("no responders");
    serving.unsubscribe();
  });
});
