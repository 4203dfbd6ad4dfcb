import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findRunning } from "@aethyr/embedded";
import { initImmudb, openImmudbEventStore, openImmudbLog } from "@aethyr/event-store/immudb";
import { ensureServer, startImmudb, startNats, type RunningServer } from "@aethyr/servers";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect, headers, type NatsConnection } from "@nats-io/transport-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/**
 * One thin but complete path through the real engines, as a node in any language would take it: a bare NATS connection, JSON, and what
 * `docs/protocol` says; none of our own client code.
 */
const binaries = [await ensureServer("nats"), await ensureServer("immudb")];
const password = "a-test-password-1A!";
const world = "thread";
const login = { username: "thread_host", password: "a-host-password-1A!" };

describe.skipIf(binaries.includes(undefined))("a command through NATS and ImmuDB", () => {
  let nats: RunningServer;
  let immudb: RunningServer;
  let data: string;
  let node: NatsConnection;
  let host: ChildProcess;
  /** By the newest host, on standard error. */
  let said = "";

  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), "aethyr-thread-"));
    [nats, immudb] = await Promise.all([startNats({}), startImmudb({ adminPassword: password })]);
    await initImmudb({ address: immudb.address, username: "immudb", password, database: world, users: { append: login } });
    node = await connect({ servers: nats.url });
    host = await startHost();
  });

  afterAll(async () => {
    await ended(host, "SIGTERM");
    await node.close();
    await Promise.all([nats.stop(), immudb.stop()]);
    await rm(data, { recursive: true });
  });

  function startHost(): Promise<ChildProcess> {
    const child = spawn(process.execPath, [fileURLToPath(new URL("main.ts", import.meta.url))], {
      stdio: ["ignore", "ignore", "pipe"],
      env: {
        ...process.env,
        AETHYR_WORLD: world,
        AETHYR_DATA: data,
        AETHYR_NATS_URL: nats.url,
        AETHYR_IMMUDB_ADDRESS: immudb.address,
        AETHYR_IMMUDB_USERNAME: login.username,
        AETHYR_IMMUDB_PASSWORD: login.password,
        AETHYR_API_PORT: "0",
        AETHYR_SNAPSHOT_EVERY: "room=2",
        AETHYR_CHECKPOINTS_EVERY_TXS: "1",
      },
    });
    said = "";
    return new Promise((resolve, reject) => {
      child.stderr.on("data", (chunk: Buffer) => {
        said += chunk.toString();
        if (said.includes("the host serves commands")) resolve(child);
      });
      child.on("exit", (code) => reject(new Error(`the host ended with ${code}: ${said}`)));
    });
  }

  function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
    return new Promise((resolve) => {
      child.removeAllListeners("exit");
      child.on("exit", (code) => resolve(code));
      child.kill(signal);
    });
  }

  const command = (id: string, type: string, target: string, fields: object) =>
    JSON.stringify({ v: 1, id, type, target: { type: "room", id: target }, data: fields, actor: "a bare node" });

  async function request(target: string, text: string): Promise<Record<string, unknown>> {
    const reply = await node.request(`req.${world}.room.${target}`, text, { timeout: 20_000, headers: json() });
    return reply.json();
  }

  function json() {
    const made = headers();
    made.set("content-type", "application/json");
    return made;
  }

  const makeHall = command("0193a0b0-0000-7000-8000-000000000001", "CreateRoom", "hall", { name: "Hall", description: "A draughty hall." });

  async function eventsOnFeed(
    subject: string,
  ): Promise<readonly { readonly bytes: string; readonly position: number; readonly previous: number }[]> {
    const stream = `EVT_${world}`;
    const { state } = await (await jetstreamManager(node)).streams.info(stream);
    const found = [];
    for (let sequence = state.first_seq; sequence <= state.last_seq; sequence += 1) {
      const message = await (await jetstreamManager(node)).streams.getMessage(stream, { seq: sequence });
      if (message?.subject === subject)
        found.push({
          bytes: new TextDecoder().decode(message.data),
          position: Number(message.header.get("Evt-Position")),
          previous: Number(message.header.get("Evt-Previous")),
        });
    }
    return found;
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
    await expect.poll(() => eventsOnFeed(`evt.${world}.room.hall`), { timeout: 20_000 }).toHaveLength(1);
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
    await ended(host, "SIGKILL");
    await immudb.kill("SIGKILL");
    await immudb.restart();
    host = await startHost();
    expect(await request("hall", makeHall)).toEqual(first);
    expect(
      await request(
        "hall",
        command("0193a0b0-0000-7000-8000-000000000002", "UpdateRoomDescription", "hall", { description: "Warmer now." }),
      ),
    ).toMatchObject({
      code: "accepted",
      changed: [{ stream: { type: "room", id: "hall" }, version: 2 }],
    });
    await expect.poll(() => eventsOnFeed(`evt.${world}.room.hall`), { timeout: 20_000 }).toHaveLength(2);
    const feed = await eventsOnFeed(`evt.${world}.room.hall`);
    expect(feed[1]?.previous).toBe(feed[0]?.position);
  });

  test("on the queue lane waits for a host, takes effect once, and is answered", async () => {
    await ended(host, "SIGKILL");
    const inbox = node.subscribe("_INBOX.thread.replies", { max: 1 });
    const id = "0193a0b0-0000-7000-8000-000000000003";
    const head = json();
    head.set("Cmd-Reply", "_INBOX.thread.replies");
    const text = command(id, "UpdateRoomDescription", "hall", { description: "Someone lit a fire." });
    const kept = await jetstream(node).publish(`cmd.${world}.room.hall`, text, { msgID: id, headers: head });
    expect(kept.duplicate).toBe(false);
    expect((await jetstream(node).publish(`cmd.${world}.room.hall`, text, { msgID: id, headers: head })).duplicate).toBe(true);
    host = await startHost();
    for await (const reply of inbox) expect(reply.json()).toMatchObject({ code: "accepted", command: id, changed: [{ version: 3 }] });
  });

  test("[G11] that is none is refused with a typed answer, and nothing is appended", async () => {
    expect(await request("hall", "{")).toMatchObject({ code: "invalid" });
    expect(await request("hall", command("0193a0b0-0000-7000-8000-000000000004", "UpdateRoomDescription", "hall", {}))).toMatchObject({
      code: "invalid",
      issues: [{ path: "description" }],
    });
    expect(
      await request("cellar", command("0193a0b0-0000-7000-8000-000000000005", "UpdateRoomDescription", "cellar", { description: "x" })),
    ).toMatchObject({ code: "not_found" });
  });

  test("[A3] [A19] finds a host that does as it is configured, and tells on its API how it is", async () => {
    const running = await findRunning(data);
    expect(running).toMatchObject({ world, pid: host.pid });
    const { url } = running!;
    const authorization = `Bearer ${(await readFile(join(data, "operator.token"), "utf8")).trim()}`;
    const ask = async (path: string) => (await fetch(`${url}${path}`, { headers: { authorization } })).text();
    expect(JSON.parse(await ask("/readyz"))).toEqual({ status: "ready" });
    const description = { description: "A room without a fire." };
    await request("hall", command("0193a0b0-0000-7000-8000-000000000006", "UpdateRoomDescription", "hall", description));
    await expect.poll(() => ask("/metrics")).toContain('aethyr_snapshot_operations_total{operation_type="saved",aggregate_type="room"} 1');
    expect(await ask("/metrics")).toMatch(/^aethyr_feed_position \d+$/m);
    expect(JSON.parse(await ask("/v1/aggregates/room/hall"))).toMatchObject({ version: 4, context: description });
    expect((await fetch(`${url}/metrics`)).status).toBe(401);
  });

  test("[G10] leaves checkpoints of the log", async () => {
    const { tx } = await newestState();
    const newest = async () => {
      const lines = (await readFile(join(data, "checkpoints.ndjson"), "utf8")).trim().split("\n");
      return JSON.parse(lines.at(-1) ?? "") as { database: string; tx: number };
    };
    await ended(host, "SIGTERM");
    expect(await newest()).toMatchObject({ database: world, tx });
    expect(await findRunning(data)).toBeUndefined();
    host = await startHost();
  });

  test("[G7] [R28] finds no host that takes it while nobody would see its events: it ends with 1, and begins anew on a new feed", async () => {
    const stream = `EVT_${world}`;
    const foreign = headers();
    const last = await newestPosition(stream);
    for (const [name, value] of Object.entries({ Position: last + 1e9, Previous: last, Type: "RoomCreated", Version: 1 }))
      foreign.set(`Evt-${name}`, String(value));
    await jetstream(node).publish(`evt.${world}.room.elsewhere`, "{}", { headers: foreign });
    const end = new Promise((resolve) => {
      host.removeAllListeners("exit");
      host.on("exit", resolve);
    });
    await request("hall", command("0193a0b0-0000-7000-8000-000000000007", "UpdateRoomDescription", "hall", { description: "Cold." }));
    expect(await end).toBe(1);
    expect(said).toMatch(/^aethyr: the feed ends at position \d+, the log at \d+: bring back the log/m);
    await (await jetstreamManager(node)).streams.delete(stream);
    host = await startHost();
    await expect.poll(() => eventsOnFeed(`evt.${world}.room.hall`), { timeout: 20_000 }).toHaveLength(5);
  });

  async function newestPosition(stream: string): Promise<number> {
    const manager = await jetstreamManager(node);
    const { state } = await manager.streams.info(stream);
    const message = await manager.streams.getMessage(stream, { seq: state.last_seq });
    return Number(message?.header.get("Evt-Position"));
  }

  async function newestState() {
    const log = openImmudbLog({ address: immudb.address, username: "immudb", password, database: world });
    try {
      return await log.state();
    } finally {
      await log.close();
    }
  }

  test("finds no host that could not start: it says why and ends with 1", async () => {
    const env = {
      ...process.env,
      AETHYR_WORLD: world,
      AETHYR_DATA: join(data, "another"),
      AETHYR_NATS_URL: "nats://127.0.0.1:1",
      AETHYR_IMMUDB_ADDRESS: immudb.address,
      AETHYR_IMMUDB_USERNAME: login.username,
      AETHYR_IMMUDB_PASSWORD: login.password,
    };
    const child = spawn(process.execPath, [fileURLToPath(new URL("main.ts", import.meta.url))], {
      stdio: ["ignore", "ignore", "pipe"],
      env,
    });
    let told = "";
    child.stderr.on("data", (chunk: Buffer) => (told += chunk.toString()));
    expect(await new Promise((resolve) => child.on("exit", resolve))).toBe(1);
    expect(told).toMatch(/^aethyr: NATS could not connect/m);
  });

  test("finds a host that stops cleanly when it is told to", async () => {
    expect(await ended(host, "SIGTERM")).toBe(0);
    host = await startHost();
  });
});
