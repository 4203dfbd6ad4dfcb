import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { createAuthority, ensureServer, startNats, type RunningServer } from "@aethyr/servers";
import { connect, wsconnect, type WsConnectionOptions } from "@nats-io/transport-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { natsServerConfig, roles, type Role } from "./index.ts";

const binary = await ensureServer("nats");
const world = "skerrow";
const passwords = Object.fromEntries(roles.map((role) => [role, `password of ${role}`])) as Readonly<Record<Role, string>>;
const page = "https://play.example";

describe.skipIf(binary === undefined)("encrypted lines and WebSocket, on a real nats-server", () => {
  const [ours, theirs] = [createAuthority("ours"), createAuthority("theirs")];
  let server: RunningServer;
  let folder: string;
  let websocketPort: number;
  const path = (name: string): string => join(folder, name);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "aethyr-nats-tls-"));
    const [own, client, stranger] = [ours.issue("localhost"), ours.issue("host"), theirs.issue("host")];
    const files = {
      "ca.pem": ours.certificate,
      "their-ca.pem": theirs.certificate,
      "cert.pem": own.certificate,
      "key.pem": own.key,
      "client-cert.pem": client.certificate,
      "client-key.pem": client.key,
      "stranger-cert.pem": stranger.certificate,
      "stranger-key.pem": stranger.key,
    };
    for (const [name, text] of Object.entries(files)) await writeFile(path(name), text, { mode: 0o600 });
    websocketPort = await freePort();
    server = await startNats({
      config: natsServerConfig({
        world,
        passwords,
        partitions: 4,
        tls: { cert: path("cert.pem"), key: path("key.pem"), ca: path("ca.pem") },
        websocket: { port: websocketPort, origins: [page] },
      }),
    });
  });
  afterAll(async () => {
    await server?.stop();
    await rm(folder, { recursive: true });
  });

  const joined = (tls: Readonly<Record<string, string>> | null) =>
    connect({
      servers: `localhost:${server.port}`,
      user: "host",
      pass: passwords.host,
      inboxPrefix: "_INBOX_host",
      reconnect: false,
      ...(tls === null ? {} : { tls: Object.fromEntries(Object.entries(tls).map(([key, name]) => [key, path(name)])) }),
    });

  test("[G11] who shows a certificate of our authority gets in, and hears only a server that has one", async () => {
    const nats = await joined({ caFile: "ca.pem", certFile: "client-cert.pem", keyFile: "client-key.pem" });
    expect((await nats.request("$JS.API.INFO")).string()).toContain("account_info");
    await nats.close();
    const wrong = [
      { caFile: "their-ca.pem", certFile: "client-cert.pem", keyFile: "client-key.pem" },
      { caFile: "ca.pem", certFile: "stranger-cert.pem", keyFile: "stranger-key.pem" },
      { caFile: "ca.pem" },
      null,
    ];
    for (const tls of wrong) await expect(joined(tls)).rejects.toThrow();
  });

  const browse = (origin: string, role: Role, ca = ours.certificate) => {
    const options: WsConnectionOptions = {
      servers: `wss://localhost:${websocketPort}`,
      user: role,
      pass: passwords[role],
      inboxPrefix: `_INBOX_${role}`,
      reconnect: false,
      wsFactory: async (url) => ({ socket: new WebSocket(url, { origin, ca }) as never, encrypted: true }),
    };
    return wsconnect(options);
  };

  test("[G11] a browser listens over an encrypted WebSocket, from a page that may, and says nothing", async () => {
    const nats = await browse(page, "browser");
    const errors: string[] = [];
    void (async () => {
      for await (const status of nats.status()) if (status.type === "error") errors.push(status.error.message);
    })();
    nats.subscribe(`ui.${world}.>`);
    await nats.flush();
    expect(errors).toEqual([]);
    nats.publish(`req.${world}.room.hall`);
    await nats.flush();
    await expect.poll(() => errors.join()).toContain('Permissions Violation for Publish to "req.skerrow.room.hall"');
    await nats.close();
    await expect(browse("https://elsewhere.example", "browser")).rejects.toThrow();
    await expect(browse(page, "browser", theirs.certificate)).rejects.toThrow();
  });
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}
