import { ensureServer, startNats, type RunningServer } from "@aethyr/servers";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { natsServerConfig, roles, type Role } from "./index.ts";
import { openRawClient } from "./raw-client.fixture.ts";

const binary = await ensureServer("nats");
const world = "skerrow";
const passwords = Object.fromEntries(roles.map((role) => [role, `password of ${role}`])) as Readonly<Record<Role, string>>;

const nobody: readonly Role[] = [];
const senders: readonly Role[] = ["gateway", "console", "node"];
const followers: readonly Role[] = ["projector", "gateway", "console"];
const services: readonly Role[] = ["host", "relay", "projector", "gateway", "console"];
const streams = [
  ...["CMD", "EVT", "DLQ"].map((stream) => `${stream}_${world}`),
  ...["members", "leases", "pins", "keys", "world", "leaders"].map((bucket) => `KV_${bucket}_${world}`),
];

/** Who alone may publish what. */
const publishing: readonly (readonly [subject: string, who: readonly Role[]])[] = [
  [`cmd.${world}.room.hall`, senders],
  [`cmd.${world}.3.room.hall`, nobody],
  [`req.${world}.room.hall`, ["host", ...senders]],
  [`req.${world}.3.room.hall`, ["host", ...senders]],
  [`req.${world}.3.room.hall.more`, nobody],
  [`evt.${world}.room.hall`, ["relay"]],
  [`dlq.${world}.room.hall`, ["host"]],
  [`hint.${world}.head`, ["host"]],
  [`beat.${world}.host-1`, ["host"]],
  [`own.${world}.3`, ["host"]],
  [`own.${world}.3.more`, nobody],
  [`ctl.${world}.host-1`, ["console"]],
  [`say.${world}`, ["gateway"]],
  [`ui.${world}.room.hall`, nobody],
  // Another world on the same server.
  ...["cmd", "req", "evt", "dlq"].map((root) => [`${root}.other.room.hall`, nobody] as const),
  ...["hint.other.head", "ctl.other.host-1", "say.other", "beat.other.host-1", "own.other.3"].map((subject) => [subject, nobody] as const),
  ...["$JS.API.STREAM.INFO.EVT_other", "$JS.API.STREAM.MSG.GET.KV_keys_other", "$KV.keys_other.x"].map((s) => [s, nobody] as const),
  // Answers.
  ...(["host", ...senders] as const).map((role) => [`_INBOX_${role}.x.1`, ["host"]] as const),
  ...(["relay", "projector", "browser"] as const).map((role) => [`_INBOX_${role}.x.1`, nobody] as const),
  ["_INBOX.x.1", nobody],
  ["_R_.x.1", ["host"]],
  // Streams: made and looked at, never emptied.
  ...streams.flatMap((stream) => [
    [`$JS.API.STREAM.CREATE.${stream}`, stream === `EVT_${world}` ? (["host", "relay"] as const) : (["host"] as const)] as const,
    [`$JS.API.STREAM.UPDATE.${stream}`, ["host"]] as const,
    [`$JS.API.STREAM.DELETE.${stream}`, nobody] as const,
    [`$JS.API.STREAM.PURGE.${stream}`, nobody] as const,
    [`$JS.API.STREAM.SNAPSHOT.${stream}`, nobody] as const,
    [`$JS.API.STREAM.LEADER.STEPDOWN.${stream}`, nobody] as const,
  ]),
  [`$JS.API.STREAM.MSG.DELETE.CMD_${world}`, ["host"]],
  [`$JS.API.STREAM.MSG.DELETE.EVT_${world}`, nobody],
  [`$JS.API.STREAM.MSG.DELETE.DLQ_${world}`, ["console"]],
  [`$JS.API.STREAM.MSG.DELETE.KV_keys_${world}`, ["host"]],
  [`$JS.API.STREAM.CREATE.mine`, nobody],
  ["$JS.API.STREAM.NAMES", nobody],
  ["$JS.API.STREAM.LIST", nobody],
  // Commands that wait, which may hold passwords.
  [`$JS.API.STREAM.INFO.CMD_${world}`, services],
  [`$JS.API.STREAM.MSG.GET.CMD_${world}`, ["host"]],
  [`carry.${world}.room.hall`, ["host"]],
  ["carry.other.room.hall", nobody],
  [`$JS.API.DIRECT.GET.CMD_${world}`, nobody],
  [`$JS.API.CONSUMER.CREATE.CMD_${world}.p0-e1.cmd.${world}.0.*.*`, ["host"]],
  [`$JS.API.CONSUMER.CREATE.CMD_${world}`, nobody],
  [`$JS.API.CONSUMER.NAMES.CMD_${world}`, ["host"]],
  [`$JS.API.CONSUMER.MSG.NEXT.CMD_${world}.p0-e1`, ["host"]],
  [`$JS.API.CONSUMER.DELETE.CMD_${world}.p0-e1`, ["host"]],
  [`$JS.ACK.CMD_${world}.p0-e1.1.1.1.1.0`, ["host"]],
  [`$JS.API.STREAM.MSG.GET.DLQ_${world}`, ["console"]],
  // The feed.
  [`$JS.API.STREAM.MSG.GET.EVT_${world}`, ["relay", "node", ...followers]],
  [`$JS.API.DIRECT.GET.EVT_${world}`, ["relay", "node", ...followers]],
  [`$JS.API.CONSUMER.CREATE.EVT_${world}.mine.evt.${world}.room.*`, followers],
  [`$JS.API.CONSUMER.MSG.NEXT.EVT_${world}.mine`, followers],
  // Keys of what is sealed.
  [`$JS.API.STREAM.MSG.GET.KV_keys_${world}`, ["host", "gateway"]],
  [`$JS.API.DIRECT.GET.KV_keys_${world}.$KV.keys_${world}.x`, ["host", "gateway"]],
  [`$JS.API.CONSUMER.CREATE.KV_keys_${world}.mine.$KV.keys_${world}.x`, ["host"]],
  [`$KV.keys_${world}.x`, ["host"]],
  // What hosts agree on.
  [`$KV.leases_${world}.0`, ["host"]],
  [`$KV.members_${world}.host-1`, ["host"]],
  [`$KV.pins_${world}.0`, ["host", "console"]],
  [`$KV.world_${world}.world`, ["host"]],
  [`$KV.leaders_${world}.relay`, ["relay"]],
  [`$JS.API.STREAM.MSG.GET.KV_world_${world}`, services],
  [`$JS.API.STREAM.MSG.GET.KV_leases_${world}`, ["host", "console"]],
  // The server itself.
  ["$JS.API.INFO", [...services, "node"]],
  ...["$SYS.REQ.SERVER.PING", "$SYS.REQ.ACCOUNT.world.CONNZ", "$SRV.PING", "$JS.API.SERVER.REMOVE", "$JS.API.META.LEADER.STEPDOWN"].map(
    (subject) => [subject, nobody] as const,
  ),
];

/** Who alone may subscribe to what, besides everybody to an inbox of its own role. */
const subscribing: readonly (readonly [subject: string, who: readonly Role[]])[] = [
  ...[">", "*", "*.*.*.*", "$JS.>", "$KV.>", "$SYS.>", "$SRV.>", "_INBOX.>", "*.other.>", `*.${world}.>`].map((s) => [s, nobody] as const),
  ...roles.map((role) => [`_INBOX_${role}.x.*`, [role]] as const),
  [`cmd.${world}.>`, nobody],
  [`req.${world}.>`, ["host"]],
  [`req.${world}.3.*.*`, ["host"]],
  [`evt.${world}.room.*`, ["node"]],
  [`dlq.${world}.>`, nobody],
  [`hint.${world}.>`, ["host", "relay"]],
  [`beat.${world}.*`, ["host", "console"]],
  [`ctl.${world}.*`, ["host"]],
  [`own.${world}.*`, ["host"]],
  [`own.${world}.3`, ["host"]],
  [`say.${world}`, ["gateway"]],
  [`ui.${world}.>`, ["browser"]],
  ["ui.other.>", nobody],
  ["req.other.>", nobody],
  ["own.other.*", nobody],
  ["evt.other.>", nobody],
];

describe.skipIf(binary === undefined)("who may do what on a real nats-server", () => {
  let server: RunningServer;
  const open: NatsConnection[] = [];
  beforeAll(async () => {
    server = await startNats({ config: natsServerConfig({ world, passwords, partitions: 4 }) });
  });
  afterAll(async () => {
    await Promise.all(open.map((nats) => nats.close()));
    await server.stop();
  });

  async function as(role: Role): Promise<NatsConnection> {
    const nats = await connect({ servers: server.url, user: role, pass: passwords[role], inboxPrefix: `_INBOX_${role}` });
    open.push(nats);
    return nats;
  }

  test.each(roles)("[G11] a %s publishes what is its to publish, and nothing else", async (role) => {
    const client = await openRawClient(server.port, role, passwords[role]);
    const taken: Record<string, boolean> = {};
    for (const [subject] of publishing) taken[subject] = await client.publish(subject);
    expect(taken).toEqual(Object.fromEntries(publishing.map(([subject, who]) => [subject, who.includes(role)])));
    client.close();
  });

  test.each(roles)("[G11] a %s hears what is its to hear, and nothing else", async (role) => {
    const client = await openRawClient(server.port, role, passwords[role]);
    const taken: Record<string, boolean> = {};
    for (const [subject] of subscribing) taken[subject] = await client.subscribe(subject);
    expect(taken).toEqual(Object.fromEntries(subscribing.map(([subject, who]) => [subject, who.includes(role)])));
    client.close();
  });

  test("[G11] who names no user, an unknown one or a wrong password does not get in", async () => {
    for (const [user, password] of [
      ["", ""],
      ["admin", "admin"],
      ["host", passwords.relay],
      ["$SYS", ""],
    ] as const) {
      await expect(openRawClient(server.port, user, password)).rejects.toThrow("Authorization Violation");
    }
  });

  test("what each role has to do works", async () => {
    const [host, relay, projector, gateway, console_, node] = await Promise.all(
      (["host", "relay", "projector", "gateway", "console", "node"] as const).map(as),
    );
    if (!host || !relay || !projector || !gateway || !console_ || !node) throw new Error("not all are connected");
    const manager = await jetstreamManager(host);
    await manager.streams.add({ name: `CMD_${world}`, subjects: [`cmd.${world}.*.*`], retention: "workqueue" });
    await manager.streams.add({ name: `EVT_${world}`, subjects: [`evt.${world}.*.*`], allow_direct: true });
    await manager.streams.add({ name: `DLQ_${world}`, subjects: [`dlq.${world}.*.*`] });
    const make = (bucket: string) => new Kvm(jetstream(host)).create(`${bucket}_${world}`, { allow_direct: false });
    const [keys, leases, , pins] = [await make("keys"), await make("leases"), await make("leaders"), await make("pins")];
    const find = (nats: NatsConnection, bucket: string) => new Kvm(jetstream(nats)).open(`${bucket}_${world}`, { allow_direct: false });

    await keys.put("ann", "the key");
    await leases.create("0", "host-1");
    expect((await (await find(gateway, "keys")).get("ann"))?.string()).toBe("the key");
    const watch = await (await find(console_, "leases")).watch({ key: ">" });
    for await (const entry of watch) {
      expect(entry.string()).toBe("host-1");
      break;
    }
    await (await find(console_, "pins")).put("0", "host-1");
    expect((await pins.get("0"))?.string()).toBe("host-1");
    await (await find(relay, "leaders")).put("relay", "me");

    host.subscribe(`req.${world}.*.*.*`, { callback: (_, message) => void message.respond(`${message.subject} heard`) });
    host.subscribe(`ctl.${world}.host-1`, { callback: (_, message) => void message.respond("asked") });
    await host.flush();
    // The server puts the partition in, also for who does not know it.
    for (const sender of [node, gateway, console_]) {
      expect((await sender.request(`req.${world}.room.hall`)).string()).toBe(`req.${world}.1.room.hall heard`);
      await jetstream(sender).publish(`cmd.${world}.room.hall`, "{}");
    }
    expect((await console_.request(`ctl.${world}.host-1`)).string()).toBe("asked");
    const peer = await as("host");
    host.subscribe(`own.${world}.3`, { callback: (_, message) => void message.respond("by a peer") });
    await host.flush();
    expect((await peer.request(`own.${world}.3`)).string()).toBe("by a peer");

    await manager.consumers.add(`CMD_${world}`, { durable_name: "p0-e1", ack_policy: "explicit" });
    const taken = await jetstream(host).consumers.get(`CMD_${world}`, "p0-e1");
    const command = await taken.next();
    expect(await command?.ackAck()).toBe(true);
    await jetstream(host).publish(`dlq.${world}.room.hall`, "{}");
    await (await jetstreamManager(console_)).streams.deleteMessage(`DLQ_${world}`, 1);

    await jetstream(relay).publish(`evt.${world}.room.hall`, "an event");
    for (const reader of [projector, gateway, console_]) {
      const consumer = await jetstream(reader).consumers.get(`EVT_${world}`);
      expect((await consumer.next())?.string()).toBe("an event");
    }
  });
});
