import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect, nkeys } from "@nats-io/transport-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAuthority, ensureServer, type RunningServer, startNats } from "@aethyr/servers";
import type { Bus, Share } from "../bus.ts";
import { deal, hall, hallShare, idsOf, message, payload, rejectionOf, serveNoting, textOf, until } from "../contract/support.ts";
import { connectNatsBus } from "./nats-bus.ts";
import type { NatsOptions } from "./options.ts";

const nats = await ensureServer("nats");

const game = nkeys.createUser();
const world = `w${randomUUID().slice(0, 23)}`;

const hostUser = (name: string, publish: string, subscribe: string): string => `{ user: "${name}", password: "secret", permissions: {
    publish: ["$JS.API.STREAM.INFO.*", "$JS.API.CONSUMER.>", "$JS.ACK.>", "_INBOX_game.>", "req.${world}.>", "cmd.${world}.>", "dlq.${world}.>",
      "hint.${world}.>", ${publish}],
    subscribe: ["_INBOX_host.>", "req.${world}.>", "hint.${world}.>"${subscribe}] } }`;

/** Everything for one user; for a game node, by its nkey, sending alone; for a reader what its name says. */
const config = `authorization { users: [
  { user: "all", password: "secret" }
  { nkey: "${game.getPublicKey()}", permissions: {
    publish: ["cmd.${world}.>", "req.${world}.>"], subscribe: ["_INBOX_game.>"] } }
  ${hostUser("host", `"_INBOX_host.>", "own.${world}.*"`, `, "own.${world}.*"`)}
  ${hostUser("older-host", `"req.${world}.*.*"`, "")}
] }`;

describe.skipIf(nats === undefined)("roles on a real nats-server", () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startNats({ config });
  }, 120_000);
  afterAll(() => server.stop());

  const options = (more: Partial<NatsOptions>): NatsOptions => ({ servers: server.url, world, ...more });
  const all = (): NatsOptions => options({ username: "all", password: "secret" });
  const host = (username = "host"): NatsOptions =>
    options({ username, password: "secret", inboxPrefix: "_INBOX_host", createStreams: false, partitions: 4 });
  const gameNode = (): NatsOptions =>
    options({ nkeySeed: new TextDecoder().decode(game.getSeed()), inboxPrefix: "_INBOX_game", createStreams: false });

  test("who may not create the streams is told that they are missing, and finds them once they are there", async () => {
    expect(await rejectionOf(connectNatsBus(host()))).toMatchObject({
      code: "unavailable",
      message: expect.stringContaining(`no stream CMD_${world}`),
    });
    const maker = await connectNatsBus({ ...all(), partitions: 4 });
    const bus = await connectNatsBus(host());
    expect(bus.partitions).toBe(4);
    expect(await rejectionOf(connectNatsBus({ ...host(), partitions: 8 }))).toMatchObject({ code: "other_partitions" });
    await Promise.all([maker.close(), bus.close()]);
  });

  test("a game node that may only send, known by its nkey, sends on both lanes and is answered in the inbox of its role", async () => {
    const maker = await connectNatsBus({ ...all(), partitions: 4 });
    const [owner, node] = [await connectNatsBus(host()), await connectNatsBus(gameNode())];
    try {
      // It may not see the streams, so any host passes on what it sends.
      expect(node.partitions).toBeUndefined();
      const { taken } = await serveNoting(owner, deal, { partition: 3, epoch: 1 });
      for (const partition of [0, 1, 2]) await owner.serve(deal, { partition, epoch: 1 });
      expect(textOf(await node.request(message("a")))).toBe("reply to a");
      const replies: string[] = [];
      await node.enqueue(message("b"), { onReply: (reply) => void replies.push(textOf(reply)) });
      await until(() => expect(replies).toStrictEqual(["reply to b"]));
      expect(idsOf(taken).length).toBeLessThanOrEqual(2);
      expect(await rejectionOf(node.serve(deal))).toMatchObject({ code: "unavailable" });
      expect(await rejectionOf(node.serve(deal, { partition: 0, epoch: 9 }))).toMatchObject({ code: "unavailable" });
      // Not its own to do, and nothing that hangs.
      expect(await rejectionOf(node.deadLetter({ ...message("c"), reason: "", attempts: 1 }))).toMatchObject({ code: "unavailable" });
      expect(await rejectionOf(node.deadLetters(1))).toMatchObject({ code: "unavailable" });
      node.hint({ kind: "head", position: 1 });
      expect(textOf(await node.request(message("d", hall)))).toBe("reply to d");
      expect(node.statusCounts.get("error")).toBeGreaterThan(0);
    } finally {
      await Promise.all([owner.close(), node.close(), maker.close()]);
    }
  });

  test("hosts ask each other and are answered in the inbox of their role; where they may not, they serve commands all the same", async () => {
    const maker = await connectNatsBus({ ...all(), partitions: 4 });
    const open = await Promise.all([connectNatsBus(host()), connectNatsBus(host()), connectNatsBus(host("older-host"))]);
    const [asker, owner, older] = open;
    const node = await connectNatsBus(gameNode());
    const ask = (bus: Bus) => bus.askOwner(hall, payload("a"), { timeoutMs: 10_000 });
    try {
      const share = (epoch: number): Share => ({ ...hallShare(epoch), onQuestion: async () => payload("b") });
      const { close } = await serveNoting(owner, deal, share(11));
      expect(textOf(await ask(asker))).toBe("b");
      for (const bus of [older, node]) expect(await rejectionOf(ask(bus))).toMatchObject({ code: "unavailable" });
      await close();
      await serveNoting(older, deal, share(12));
      expect(textOf(await node.request(message("c")))).toBe("reply to c");
      expect(await rejectionOf(ask(asker))).toMatchObject({ code: "no_responders" });
    } finally {
      await Promise.all([...open, node, maker].map((bus) => bus.close()));
    }
  });

  test("a password, and a key, that are wrong are `unavailable`", async () => {
    const stranger = new TextDecoder().decode(nkeys.createUser().getSeed());
    for (const wrong of [options({ username: "all", password: "no" }), options({ nkeySeed: stranger }), options({})]) {
      expect(await rejectionOf(connectNatsBus(wrong))).toMatchObject({ code: "unavailable" });
    }
  });

  test("a seed that is none is refused at once, and told to nobody", async () => {
    const failure = await rejectionOf(connectNatsBus(options({ nkeySeed: "SUNONE" })));
    expect(failure).toMatchObject({ code: "unavailable" });
    expect(String(failure)).not.toContain("SUNONE");
  });

  test("streams that a role with the right makes have the replicas that it asks for, where the servers can", async () => {
    const failure = await rejectionOf(connectNatsBus({ ...all(), world: `${world.slice(0, 20)}r3`, replicas: 3 }));
    expect(failure).toMatchObject({ code: "unavailable" });
    const bus = await connectNatsBus({ ...all(), world: `${world.slice(0, 20)}r1` });
    const client = await connect({ servers: server.url, user: "all", pass: "secret" });
    const { config: stream } = await (await jetstreamManager(client)).streams.info(`CMD_${world.slice(0, 20)}r1`);
    expect(stream.num_replicas).toBe(1);
    await Promise.all([bus.close(), client.close()]);
  });

  test("TLS on both sides: a client shows its certificate, and refuses a server of another authority", async () => {
    const authority = createAuthority("ours");
    const [own, other] = [authority.issue("localhost"), createAuthority("theirs")];
    const dir = await mkdtemp(join(tmpdir(), "aethyr-tls-"));
    const file = async (name: string, text: string): Promise<string> => {
      await writeFile(join(dir, name), text, { mode: 0o600 });
      return join(dir, name);
    };
    const [caFile, otherCaFile] = [await file("ca.pem", authority.certificate), await file("other.pem", other.certificate)];
    const [certFile, keyFile] = [await file("cert.pem", own.certificate), await file("key.pem", own.key)];
    const secured = `tls { cert_file: "${certFile}", key_file: "${keyFile}", ca_file: "${caFile}", verify: true }`;
    const tlsServer = await startNats({ config: secured });
    try {
      const servers = `nats://localhost:${tlsServer.port}`;
      const bus = await connectNatsBus({ servers, world, tls: { caFile, certFile, keyFile } });
      await bus.enqueue(message("a"));
      await bus.close();
      for (const tls of [{ caFile: otherCaFile, certFile, keyFile }, { caFile }]) {
        expect(await rejectionOf(connectNatsBus({ servers, world, tls }))).toMatchObject({ code: "unavailable" });
      }
    } finally {
      await tlsServer.stop();
      await rm(dir, { recursive: true });
    }
  });

  test("a server that is too old is refused by its version", async () => {
    const info = { server_id: "old", version: "2.12.7", proto: 1, headers: true, max_payload: 1_048_576, jetstream: true };
    const old = createServer((socket) => {
      socket.on("error", () => socket.destroy());
      socket.write(`INFO ${JSON.stringify(info)}\r\n`);
      socket.on("data", (data) => {
        if (data.includes("PING")) socket.write("PONG\r\n");
      });
    });
    old.listen(0, "127.0.0.1");
    await once(old, "listening");
    const { port } = old.address() as AddressInfo;
    expect(await rejectionOf(connectNatsBus({ servers: `nats://127.0.0.1:${port}`, world }))).toMatchObject({
      code: "unsupported_server",
      details: { version: "2.12.7", least: "2.12.8" },
    });
    old.close();
  });
});
