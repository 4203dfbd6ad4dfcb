import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { initImmudb, openImmudbEventStore, openImmudbLog } from "@aethyr/event-store/immudb";
import { findRunning } from "@aethyr/process";
import { ensureServer, startImmudb, startNats, type RunningServer } from "@aethyr/servers";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect, headers, type NatsConnection } from "@nats-io/transport-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startService, type ServiceKind, type ServiceProcess } from "./service-process.ts";

/**
 * One thin but complete path through the real engines and services, as a node in any language would take it: a bare NATS connection, JSON, and
 * what `docs/protocol` says; none of our own client code.
 */
const binaries = [await ensureServer("nats"), await ensureServer("immudb")];
const password = "a-test-password-1A!";
const world = "thread";
const users = {
  append: { username: "thread_append", password: "an-append-password-1A!" },
  read: { username: "thread_read", password: "a-read-password-1A!" },
};
const within = { timeout: 30_000 };

describe.skipIf(binaries.includes(undefined))("a command through NATS and ImmuDB", () => {
  let nats: RunningServer;
  let immudb: RunningServer;
  let data: string;
  let node: NatsConnection;
  let host: ServiceProcess;
  let relay: ServiceProcess;
  let operators: ServiceProcess;
  /** What services said, and how those ended that nobody had asked to. */
  const said: string[] = [];
  const ends: string[] = [];

  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), "aethyr-thread-"));
    [nats, immudb] = await Promise.all([startNats({}), startImmudb({ adminPassword: password })]);
    await initImmudb({ address: immudb.address, username: "immudb", password, database: world, users });
    node = await connect({ servers: nats.url });
    host = start("actor-host", { AETHYR_SNAPSHOT_EVERY: "room=2", AETHYR_CHECKPOINTS_EVERY_TXS: "1", AETHYR_PLACEMENT_HOST: "the-host" });
    await host.ready();
    relay = start("relay");
    operators = start("console");
    await Promise.all([relay.ready(), operators.ready()]);
  });

  afterAll(async () => {
    await Promise.all([operators, relay, host].map((service) => service?.stop()));
    await node?.close();
    await Promise.all([nats, immudb].map((server) => server?.stop()));
    await rm(data, { recursive: true });
  });

  function start(kind: ServiceKind, env: Readonly<Record<string, string>> = {}): ServiceProcess {
    const user = kind === "actor-host" ? users.append : users.read;
    return startService({
      kind,
      name: kind,
      env: {
        AETHYR_WORLD: world,
        AETHYR_DATA: folderOf(kind),
        AETHYR_NATS_SERVERS: nats.url,
        AETHYR_IMMUDB_ADDRESS: immudb.address,
        AETHYR_IMMUDB_USERNAME: user.username,
        AETHYR_IMMUDB_PASSWORD: user.password,
        AETHYR_PLACEMENT_PARTITIONS: "4",
        AETHYR_API_PORT: "0",
        ...env,
      },
      onLine: (name, line) => void said.push(`${name}: ${String(line["msg"])}`),
      onEnd: ({ name }, how) => void ends.push(`${name}: ${how}`),
    });
  }
  const folderOf = (kind: ServiceKind): string => join(data, kind);

  const command = (id: string, type: string, target: string, fields: object) =>
    JSON.stringify({ v: 1, id, type, target: { type: "room", id: target }, data: fields, actor: "a bare node" });

  const json = () => {
    const made = headers();
    made.set("content-type", "application/json");
    return made;
  };

  /** Sent again, under the same id, for as long as nobody has it. */
  async function request(target: string, text: string): Promise<Record<string, unknown>> {
    let reply: Record<string, unknown> = {};
    await expect
      .poll(async () => {
        reply = await node.request(`req.${world}.room.${target}`, text, { timeout: 20_000, headers: json() }).then(
          (message) => message.json(),
          () => ({ code: "unavailable" }),
        );
        return reply["code"];
      }, within)
      .not.toBe("unavailable");
    return reply;
  }

  const makeHall = command("0193a0b0-0000-7000-8000-000000000001", "CreateRoom", "hall", { name: "Hall", description: "A draughty hall." });

  type Seen = { readonly bytes: string; readonly position: number; readonly previous: number };

  async function eventsOnFeed(subject: string): Promise<readonly Seen[]> {
    const { streams } = await jetstreamManager(node);
    const { state } = await streams.info(`EVT_${world}`);
    const found: Seen[] = [];
    for (let sequence = state.first_seq; sequence <= state.last_seq; sequence += 1) {
      const message = await streams.getMessage(`EVT_${world}`, { seq: sequence });
      if (message?.subject !== subject) continue;
      const { header } = message;
      found.push({
        bytes: new TextDecoder().decode(message.data),
        position: Number(header.get("Evt-Position")),
        previous: Number(header.get("Evt-Previous")),
      });
    }
    return found;
  }

  async function newestState() {
    const log = openImmudbLog({ address: immudb.address, username: "immudb", password, database: world });
    try {
      return await log.state();
    } finally {
      await log.close();
    }
  }

  let first: Record<string, unknown>;

  test("[G2] is answered in JSON once it is durable", async () => {
    first = await request("hall", makeHall);
    expect(first).toMatchObject({
      v: 1,
      code: "accepted",
      command: "0193a0b0-0000-7000-8000-000000000001",
      changed: [{ stream: { type: "room", id: "hall" }, version: 1 }],
    });
  });

  test("[G7] appears on the event feed with the exact bytes that ImmuDB holds, which are JSON", async () => {
    await expect.poll(() => eventsOnFeed(`evt.${world}.room.hall`), within).toHaveLength(1);
    const [seen] = await eventsOnFeed(`evt.${world}.room.hall`);
    const store = await openImmudbEventStore({ address: immudb.address, username: "immudb", password, database: world });
    try {
      const [stored] = await store.readStream({ type: "room", id: "hall" });
      expect(seen?.bytes).toBe(new TextDecoder().decode(stored!.bytes));
      expect(seen?.position).toBe(stored!.position);
      expect(JSON.parse(seen!.bytes)).toMatchObject({ type: "RoomCreated", version: 1, actor: "a bare node", data: { name: "Hall" } });
    } finally {
      await store.close();
    }
  });

  test("[G3] sent again after the host and ImmuDB were killed has had one effect, and gets the same reply", async () => {
    await host.signal("SIGKILL");
    await immudb.kill("SIGKILL");
    await immudb.restart();
    await host.restart();
    expect(await request("hall", makeHall)).toEqual(first);
    const warmer = command("0193a0b0-0000-7000-8000-000000000002", "UpdateRoomDescription", "hall", { description: "Warmer now." });
    expect(await request("hall", warmer)).toMatchObject({
      code: "accepted",
      changed: [{ stream: { type: "room", id: "hall" }, version: 2 }],
    });
    await expect.poll(() => eventsOnFeed(`evt.${world}.room.hall`), within).toHaveLength(2);
    const feed = await eventsOnFeed(`evt.${world}.room.hall`);
    expect(feed[1]?.previous).toBe(feed[0]?.position);
  });

  test("on the queue lane waits for a host, takes effect once, and is answered", async () => {
    await host.signal("SIGKILL");
    const inbox = node.subscribe("_INBOX.thread.replies", { max: 1 });
    const id = "0193a0b0-0000-7000-8000-000000000003";
    const head = json();
    head.set("Cmd-Reply", "_INBOX.thread.replies");
    const text = command(id, "UpdateRoomDescription", "hall", { description: "Someone lit a fire." });
    const kept = await jetstream(node).publish(`cmd.${world}.room.hall`, text, { msgID: id, headers: head });
    expect(kept.duplicate).toBe(false);
    expect((await jetstream(node).publish(`cmd.${world}.room.hall`, text, { msgID: id, headers: head })).duplicate).toBe(true);
    await host.restart();
    for await (const reply of inbox) expect(reply.json()).toMatchObject({ code: "accepted", command: id, changed: [{ version: 3 }] });
  });

  test("[G11] that is none is refused with a typed answer, and nothing is appended", async () => {
    const { tx } = await newestState();
    expect(await request("hall", "{")).toMatchObject({ code: "invalid" });
    expect(await request("hall", command("0193a0b0-0000-7000-8000-000000000004", "UpdateRoomDescription", "hall", {}))).toMatchObject({
      code: "invalid",
      issues: [{ path: "description" }],
    });
    expect(
      await request("cellar", command("0193a0b0-0000-7000-8000-000000000005", "UpdateRoomDescription", "cellar", { description: "x" })),
    ).toMatchObject({ code: "not_found" });
    expect((await newestState()).tx).toBe(tx);
  });

  test("[A3] [A19] finds a host that does as it is configured, and a console that tells how the world is", async () => {
    const status = String(host.facts()["status"]);
    expect(host.facts()).toMatchObject({ world, host: "the-host" });
    const description = { description: "A room without a fire." };
    await request("hall", command("0193a0b0-0000-7000-8000-000000000006", "UpdateRoomDescription", "hall", description));
    const metrics = async () => (await fetch(`${status}/metrics`)).text();
    await expect.poll(metrics, within).toContain('aethyr_snapshot_operations_total{operation_type="saved",aggregate_type="room"} 1');
    expect(await (await fetch(`${status}/readyz`)).json()).toEqual({ status: "ready" });
    expect(await (await fetch(`${String(relay.facts()["status"])}/metrics`)).text()).toMatch(/^aethyr_relay_position [1-9]\d*$/m);

    const running = await findRunning(folderOf("console"));
    expect(running).toMatchObject({ world, pid: operators.pid() });
    const { url } = running!;
    const authorization = `Bearer ${(await readFile(join(folderOf("console"), "operator.token"), "utf8")).trim()}`;
    const ask = async (path: string): Promise<unknown> => (await fetch(`${url}${path}`, { headers: { authorization } })).json();
    expect(await ask("/readyz")).toEqual({ status: "ready" });
    expect(await ask("/v1/aggregates/room/hall")).toMatchObject({ version: 4, context: description });
    // What was asked for and does not exist may still be in memory as well.
    const hall = { ref: { type: "room", id: "hall" }, version: 4, host: "the-host" };
    expect(await ask("/v1/actors")).toEqual(expect.arrayContaining([expect.objectContaining(hall)]));
    expect(await ask("/v1/partitions")).toMatchObject({ members: [{ host: "the-host", partitions: 4 }] });
    expect((await fetch(`${url}/metrics`)).status).toBe(401);
  });

  test("finds services that stop cleanly when they are told to, [G10] and a host that leaves checkpoints of the log", async () => {
    await host.signal("SIGTERM");
    const { tx } = await newestState();
    const lines = (await readFile(join(folderOf("actor-host"), "checkpoints.ndjson"), "utf8")).trim().split("\n");
    expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ database: world, tx });
    await operators.signal("SIGTERM");
    expect(await findRunning(folderOf("console"))).toBeUndefined();
    expect(said.filter((line) => line.endsWith(": stopped"))).toEqual(["actor-host: stopped", "console: stopped"]);
    await host.restart();
    await operators.restart();
  });

  test("[G7] [R28] finds no relay that publishes where its events would come after others': it ends with 1, and fills a new feed", async () => {
    const stream = `EVT_${world}`;
    const manager = await jetstreamManager(node);
    const { state } = await manager.streams.info(stream);
    const newest = await manager.streams.getMessage(stream, { seq: state.last_seq });
    const last = Number(newest?.header.get("Evt-Position"));
    const foreign = headers();
    for (const [name, value] of Object.entries({ Position: last + 1e9, Previous: last, Type: "RoomCreated", Version: 1 }))
      foreign.set(`Evt-${name}`, String(value));
    await jetstream(node).publish(`evt.${world}.room.elsewhere`, "{}", { headers: foreign });
    await request("hall", command("0193a0b0-0000-7000-8000-000000000007", "UpdateRoomDescription", "hall", { description: "Cold." }));
    await expect.poll(() => ends, within).toEqual(["relay: exit code 1"]);
    expect(said.filter((line) => /aethyr: the feed ends at position \d+, the log at \d+: bring back the log/.test(line))).toHaveLength(1);
    await manager.streams.delete(stream);
    // Streams are the hosts' to make.
    await host.signal("SIGTERM");
    await host.restart();
    await relay.restart();
    await expect.poll(() => eventsOnFeed(`evt.${world}.room.hall`), within).toHaveLength(5);
  });

  test("finds no host that could not start: it says why and ends with 1", async () => {
    const lost = start("actor-host", { AETHYR_DATA: join(data, "another"), AETHYR_NATS_SERVERS: "nats://127.0.0.1:1" });
    await expect(lost.ready()).rejects.toThrow(/ended with exit code 1 before it was ready:[^]*aethyr: .*(NATS|connect)/i);
  });
});
