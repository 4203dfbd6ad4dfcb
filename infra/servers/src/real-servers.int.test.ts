import { connect as connectHttp2, type IncomingHttpHeaders } from "node:http2";
import { connect } from "node:net";
import { readFile, stat } from "node:fs/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { findFreePort } from "./free-port.ts";
import { startManaged, stopManaged } from "./managed-server.ts";
import { ensureServer } from "./require-server.ts";
import { startImmudb } from "./start-immudb.ts";
import { startNats } from "./start-nats.ts";
import { temporaryFolder } from "./test-kit.ts";

const nats = await ensureServer("nats");
const immudb = await ensureServer("immudb");

/** One request on a bare NATS connection; answers the reply's text. */
function natsRequest(port: number, subject: string, payload: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = "";
    const socket = connect({ host: "127.0.0.1", port }).setEncoding("utf8");
    socket.on("error", reject);
    socket.on("close", () => reject(new Error(`closed after: ${received}`)));
    socket.write(`CONNECT {"verbose":false}\r\nSUB reply 1\r\n`);
    socket.write(`PUB ${subject} reply ${Buffer.byteLength(payload)}\r\n${payload}\r\n`);
    socket.on("data", (chunk) => {
      received += String(chunk);
      const reply = /^MSG reply 1 \d+\r\n(.*)\r\n/mu.exec(received);
      if (reply?.[1] === undefined) return;
      resolve(reply[1]);
      socket.destroy();
    });
  });
}

/** Opens an immudb session; answers the gRPC status, "0" for success. */
function openSession(port: number, password: string): Promise<string> {
  const field = (number: number, text: string): Buffer =>
    Buffer.concat([Buffer.from([(number << 3) | 2, Buffer.byteLength(text)]), Buffer.from(text)]);
  const message = Buffer.concat([field(1, "immudb"), field(2, password), field(3, "defaultdb")]);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return new Promise((resolve, reject) => {
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    session.on("error", reject);
    const request = session.request({
      ":method": "POST",
      ":path": "/immudb.schema.ImmuService/OpenSession",
      "content-type": "application/grpc",
      te: "trailers",
    });
    const finish = (status: unknown): void => {
      if (typeof status !== "string") return;
      resolve(status);
      session.close();
    };
    request.on("error", reject);
    request.on("response", (headers: IncomingHttpHeaders) => finish(headers["grpc-status"]));
    request.on("trailers", (trailers: IncomingHttpHeaders) => finish(trailers["grpc-status"]));
    request.resume();
    request.end(Buffer.concat([head, message]));
  });
}

describe.skipIf(nats === undefined)("a real nats-server", () => {
  test("keeps what it acknowledged over kill -9 and restart, on the same port", async () => {
    await using server = await startNats({ config: "jetstream { sync_interval: always }" });
    const { pid, port } = server;
    const created = await natsRequest(port, "$JS.API.STREAM.CREATE.S", '{"name":"S","subjects":["s"],"storage":"file"}');
    expect(created).toContain('"type":"io.nats.jetstream.api.v1.stream_create_response"');
    expect(await natsRequest(port, "s", "one")).toContain('"seq":1');
    await server.kill("SIGKILL");
    await expect(natsRequest(port, "s", "lost")).rejects.toThrow();
    await server.restart();
    expect(server.port).toBe(port);
    expect(server.pid).not.toBe(pid);
    expect(await natsRequest(port, "s", "two")).toContain('"seq":2');
  });

  test("runs without JetStream when asked", async () => {
    await using server = await startNats({ jetstream: false });
    expect(server.output()).not.toContain("JetStream");
  });

  test("tells that its port is taken", async () => {
    await using first = await startNats();
    await expect(startNats({ port: first.port })).rejects.toMatchObject({ addressInUse: true });
  });

  test("refuses a wrong configuration in its own words", async () => {
    await expect(startNats({ config: "max_payload: { }" })).rejects.toThrow(/nats\.conf/u);
  });

  test("runs managed, beyond the process that started it", async () => {
    const dataDir = await temporaryFolder();
    onTestFinished(async () => void (await stopManaged("nats", dataDir)));
    const status = await startManaged("nats", dataDir);
    expect(status).toMatchObject({ state: "running", binary: nats });
    const port = Number(status.address?.split(":")[1]);
    expect(await natsRequest(port, "$JS.API.INFO", "")).toContain("account_info_response");
    expect(await stopManaged("nats", dataDir)).toMatchObject({ state: "stopped" });
    expect(await readFile(status.logFile, "utf8")).toContain("Server Exiting");
  });
});

describe.skipIf(immudb === undefined)("a real immudb", () => {
  test("takes only the password it was started with, also after kill -9 and restart", async () => {
    await using server = await startImmudb({ adminPassword: "Secret-1" });
    const { pid, port } = server;
    expect(await openSession(port, "Secret-1")).toBe("0");
    expect(await openSession(port, "immudb")).not.toBe("0");
    await server.kill("SIGKILL");
    await expect(openSession(port, "Secret-1")).rejects.toThrow();
    await server.restart();
    expect(server.port).toBe(port);
    expect(server.pid).not.toBe(pid);
    expect(await openSession(port, "Secret-1")).toBe("0");
    expect(await openSession(port, "immudb")).not.toBe("0");
    expect(server.output()).not.toContain("Secret-1");
  });

  test("tells that its port is taken, and is not mistaken for the one that holds it", async () => {
    await using first = await startImmudb({ adminPassword: "Secret-1" });
    await expect(startImmudb({ adminPassword: "Secret-1", port: first.port })).rejects.toMatchObject({
      addressInUse: true,
    });
  });

  test("is not led astray by settings that are meant for clients", async () => {
    const port = await findFreePort();
    const env = {
      ...process.env,
      IMMUDB_PORT: "1",
      IMMUDB_LOGFORMAT: "json",
      IMMUDB_ADMIN_PASSWORD: "Other-1",
    };
    await using server = await startImmudb({ adminPassword: "Secret-1", port, env });
    expect(await openSession(server.port, "Secret-1")).toBe("0");
    expect(server.output()).toMatch(/Log format *: text/u);
  });

  test("runs managed with a password of its own, kept for its owner alone", async () => {
    const dataDir = await temporaryFolder();
    onTestFinished(async () => void (await stopManaged("immudb", dataDir)));
    for (const run of ["first", "second"]) {
      const status = await startManaged("immudb", dataDir);
      expect(status, run).toMatchObject({ state: "running", binary: immudb });
      const password = await readFile(status.adminPasswordFile!, "utf8");
      expect((await stat(status.adminPasswordFile!)).mode & 0o777).toBe(0o600);
      expect(await openSession(Number(status.address?.split(":")[1]), password), run).toBe("0");
      expect(await stopManaged("immudb", dataDir)).toMatchObject({ state: "stopped" });
    }
  });
});
