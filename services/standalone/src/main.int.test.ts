import type { ChildProcess } from "node:child_process";
import { randomUUIDv7 } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createConnection, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connectTelnet } from "@aethyr/gateway/testing";
import { connectOperations, type Operations } from "@aethyr/operator";
import { findRunning, loadConfig, operatorToken, type Config } from "@aethyr/process";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runStandalone, type Environment, type Standalone } from "./testing/run-standalone.ts";

const starterless = ["--starter-world", "false"];

let cwd: string;
let processes: ChildProcess[];
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "aethyr-standalone-"));
  processes = [];
});
afterEach(async () => {
  for (const each of processes.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
    each.kill("SIGKILL");
    await once(each, "close");
  }
  await rm(cwd, { recursive: true });
});

function run(args: readonly string[], env: Environment = {}): Standalone {
  const standalone = runStandalone(cwd, args, env);
  processes.push(standalone.process);
  return standalone;
}

const start = async (args: readonly string[] = starterless, env: Environment = {}): Promise<Standalone> => {
  const standalone = run(["--api-port", "0", ...args], env);
  await standalone.shows("the world is running");
  return standalone;
};

const config = (): Config => loadConfig({ cwd, env: {} }).config;

async function connect(): Promise<{ readonly operations: Operations; readonly url: string; readonly token: string }> {
  const running = await findRunning(config().data);
  if (running === undefined) throw new Error("no world runs on this folder");
  const token = await operatorToken(config());
  return { operations: connectOperations({ url: running.url, token }), url: running.url, token };
}

const createRoom = (id: string) => ({
  v: 1 as const,
  id: randomUUIDv7(),
  type: "CreateRoom",
  target: { type: "room", id },
  data: { name: "A room" },
});

describe("the standalone process", () => {
  test("starts with a world to look around in, says where everything is, and serves it", async () => {
    const standalone = await start([]);
    const { operations, url } = await connect();
    const { out, err } = standalone.output();
    expect(out).toContain(url);
    expect(out).toContain(join(cwd, ".aethyr"));
    expect(out.match(/pnpm aethyr/g)).toHaveLength(3);
    const messages = err.trim().split("\n");
    expect(messages.map((line) => (JSON.parse(line) as { msg: string }).msg)).toContain("the world is running");
    const { rooms, game_objects } = await operations.worldStats();
    expect(rooms).toBeGreaterThanOrEqual(12);
    expect(Object.values(game_objects).reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(20);
    await operations.close();
  });

  test("guards all but its health with the token, and refuses foreign Host and Origin", async () => {
    await start();
    const { url, token } = await connect();
    const status = async (path: string, headers: Readonly<Record<string, string>> = {}) =>
      (await fetch(`${url}${path}`, { headers })).status;
    const authorization = `Bearer ${token}`;
    expect(await status("/healthz")).toBe(200);
    expect([await status("/metrics"), await status("/v1/world/stats", { authorization: "Bearer wrong" })]).toEqual([401, 401]);
    expect([await status("/metrics", { authorization }), await status("/readyz", { authorization })]).toEqual([200, 200]);
    expect(await status("/metrics", { authorization, origin: "http://evil.example" })).toBe(403);
    const socket = createConnection(Number(new URL(url).port), "127.0.0.1");
    socket.write(`GET /metrics HTTP/1.1\r\nHost: evil.example\r\nAuthorization: ${authorization}\r\nConnection: close\r\n\r\n`);
    const foreign = String((await once(socket, "data"))[0]);
    socket.destroy();
    expect(foreign).toMatch(/^HTTP\/1\.1 403 /);
  });

  test("the token appears in nothing that it prints", async () => {
    const standalone = await start([...starterless, "--log-level", "trace"]);
    const { operations, token } = await connect();
    await operations.worldStats();
    standalone.process.kill("SIGTERM");
    const { out, err } = await standalone.ended;
    expect(`${out}${err}`).not.toContain(token);
  });

  test.each(["SIGTERM", "SIGINT"] as const)("%s ends it cleanly, while a tail still follows", async (signal) => {
    const standalone = await start();
    const { operations } = await connect();
    const events = operations.tailEvents({ after: 0, follow: true })[Symbol.asyncIterator]();
    const first = events.next();
    await operations.sendCommands([createRoom("hall")]);
    expect((await first).value).toMatchObject({ version: 1 });
    const rest = events.next();
    standalone.process.kill(signal);
    expect(await standalone.ended).toMatchObject({ code: 0, signal: null });
    expect((await rest).done).toBe(true);
    expect(await readdir(join(cwd, ".aethyr"))).not.toContain("running.json");
    await expect(operations.worldStats()).rejects.toMatchObject({ code: "api_unreachable" });
  });

  test("a signal closes the world although the operator API fails to close, and the failure is told", async () => {
    const fault = new URL("./testing/failing-api-close.ts", import.meta.url).href;
    const standalone = await start(starterless, { NODE_OPTIONS: `--import=${fault}` });
    expect(await readdir(join(cwd, ".aethyr"))).toContain("running.json");
    standalone.process.kill("SIGTERM");
    expect(await standalone.ended).toMatchObject({ code: 1, err: expect.stringContaining("aethyr: the API does not close\n") });
    expect(await readdir(join(cwd, ".aethyr"))).not.toContain("running.json");
  });

  test("[G2] [G3] what was accepted survives kill -9, and the same command gets the same reply afterwards", async () => {
    const first = await start();
    const before = await connect();
    const commands = Array.from({ length: 300 }, (_, index) => createRoom(`room-${index}`));
    const sending = before.operations.sendCommands(commands);
    const replies = await sending;
    const late = before.operations.sendCommands(Array.from({ length: 300 }, (_, index) => createRoom(`late-${index}`)));
    // Whether these come through is open; what is there of them must be whole.
    const lateEnded = late.catch(() => undefined);
    first.process.kill("SIGKILL");
    await first.ended;
    await lateEnded;

    expect(await findRunning(config().data)).toBeUndefined();
    await start();
    const after = await connect();
    expect(after.token).toBe(before.token);
    expect(replies.every(({ code }) => code === "accepted")).toBe(true);
    expect(await after.operations.sendCommands(commands)).toEqual(replies);
    const stats = await after.operations.worldStats();
    expect(stats.rooms).toBe(stats.event_count);
    expect(stats.rooms).toBeGreaterThanOrEqual(300);
  });

  test("a second signal ends it at once", async () => {
    const standalone = await start();
    const { url, token } = await connect();
    // A request that never ends keeps the first signal's clean stop waiting.
    const socket = createConnection(Number(new URL(url).port), "127.0.0.1");
    socket.on("error", () => undefined);
    await once(socket, "connect");
    socket.write(
      `POST /v1/commands HTTP/1.1\r\nHost: ${new URL(url).host}\r\nContent-Type: application/json\r\nContent-Length: 10\r\nExpect: 100-continue\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    );
    // The server has read the headers when it asks for the body, which never comes.
    expect(String((await once(socket, "data"))[0])).toMatch(/^HTTP\/1\.1 100 /);
    standalone.process.kill("SIGTERM");
    await standalone.shows("stopping");
    standalone.process.kill("SIGTERM");
    expect(await standalone.ended).toMatchObject({ code: 1, signal: null });
    socket.destroy();
  });

  test("[A18] a second process on the same folder is told who has it, and changes nothing", async () => {
    const first = await start();
    const second = await run(["--api-port", "0", ...starterless]).ended;
    expect(second).toMatchObject({ code: 1, out: "" });
    expect(second.err).toBe(
      `aethyr: ${join(cwd, ".aethyr")} is in use by process ${first.process.pid}, whose operator API is ${(await connect()).url}: stop it, or choose another folder with AETHYR_DATA\n`,
    );
  });

  test("[A18] a folder with other things in it is left alone", async () => {
    await writeFile(join(cwd, "letter.txt"), "Dear Sir");
    const { code, err } = await run(["--data", "."]).ended;
    expect(code).toBe(1);
    expect(err).toMatch(/^aethyr: .* holds other things \(letter\.txt\) and no world: .*\n$/);
    expect(await readdir(cwd)).toEqual(["letter.txt"]);
  });

  test("a port that is taken is told in a line before anything is made", async () => {
    const other = createServer();
    other.listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const { code, err } = await run(["--api-port", String(port), "--log-level", "silent", ...starterless]).ended;
    expect([code, err]).toEqual([
      1,
      `aethyr: the operator API cannot listen on 127.0.0.1:${port}: another program listens there; choose another port with --api-port or AETHYR_API_PORT, 0 for any free one\n`,
    ]);
    expect(await readdir(cwd)).toEqual([]);
    other.close();
    await start();
  });

  test("addresses that are taken are told together, each with the flag that chooses another, before anything is made", async () => {
    const others = [createServer(), createServer()];
    for (const other of others) await once(other.listen(0, "127.0.0.1"), "listening");
    const [telnet, websocket] = others.map((other) => (other.address() as AddressInfo).port);
    const taken = ["--gateway-telnet-port", String(telnet), "--gateway-websocket-port", String(websocket), "--log-level", "silent"];
    const { code, err } = await run(["--api-port", "0", ...taken]).ended;
    const line = (protocol: string, port: number | undefined): string =>
      `aethyr: players cannot connect by ${protocol} to 127.0.0.1:${port}: another program listens there; choose another port with --gateway-${protocol}-port or AETHYR_GATEWAY_${protocol.toUpperCase()}_PORT, 0 for any free one\n`;
    expect([code, err]).toEqual([1, line("telnet", telnet) + line("websocket", websocket)]);
    expect(await readdir(cwd)).toEqual([]);
    for (const other of others) other.close();
  });

  test("[A19] [A20] a configuration that cannot be used stops the start: a line for each key, and nothing is made", async () => {
    await writeFile(join(cwd, "aethyr.config.json"), JSON.stringify({ store: "postgres", snapshot_threshold: 5 }));
    const { code, out, err } = await run(["--api-port", "99999"], { IMMUDB_HOST: "db", AETHYR_LOGLEVEL: "info" }).ended;
    expect([code, out]).toEqual([1, ""]);
    const lines = err.trim().split("\n");
    expect(lines).toHaveLength(5);
    const named = [
      "snapshot_threshold in",
      "environment IMMUDB_HOST",
      "environment AETHYR_LOGLEVEL",
      "store from",
      "api.port from --api-port",
    ];
    expect(named.filter((each) => !lines.some((line) => line.startsWith(`aethyr: ${each}`)))).toEqual([]);
    expect(await readdir(cwd)).toEqual(["aethyr.config.json"]);
  });

  test("[A20] an old variable that has a new name is taken, with a warning in the log", async () => {
    const standalone = await start(starterless, { SNAPSHOT_FREQUENCY: "500" });
    expect(standalone.output().err).toContain("SNAPSHOT_FREQUENCY is of the old configuration");
  });

  test("[A9] in memory it keeps nothing but its name and token", async () => {
    const standalone = await start([...starterless, "--store", "memory"]);
    const { operations } = await connect();
    expect(await operations.sendCommands([createRoom("hall")])).toMatchObject([{ code: "accepted" }]);
    standalone.process.kill("SIGTERM");
    expect(await standalone.ended).toMatchObject({ code: 0 });
    expect((await readdir(join(cwd, ".aethyr"))).sort()).toEqual(["operator.token", "world.json"]);
  });

  test("--help tells every flag and starts nothing", async () => {
    const { code, out, err } = await run(["--help"]).ended;
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain("--api-port");
    expect(out).toContain("Usage: npx -y pnpm start [flags]\n");
    expect(out).toContain("Examples:");
    expect(await readdir(cwd)).toEqual([]);
  });

  test("a world whose module is not named says so where it says that it runs", async () => {
    const guide = ["--modules", fileURLToPath(new URL("../../../docs/guide/index.ts", import.meta.url))];
    const before = await start([...starterless, ...guide]);
    expect(before.output().out).not.toContain("WARNING");
    const { operations } = await connect();
    const [reply] = await operations.sendCommands([
      { ...createRoom("old"), type: "MakeLantern", target: { type: "lantern", id: "old" }, data: {} },
    ]);
    expect(reply?.code).toBe("accepted");
    before.process.kill("SIGTERM");
    await before.ended;
    const without = await start();
    expect(without.output().out).toMatch(/^ {2}WARNING {8}A module is missing\..*\n +lantern, LanternMade\n[^]*--modules FILE/m);
  });

  test("[A18] players are told that the world is closed when it is, and not before", async () => {
    const standalone = await start();
    const port = Number(/telnet 127\.0\.0\.1 (\d+)/.exec(standalone.output().out)?.[1]);
    const [ann, stranger] = [await connectTelnet({ port }), await connectTelnet({ port })];
    await ann.waitFor("known? ");
    await ann.ask("Ann", "(yes or no) ");
    await ann.ask("yes", "characters): ");
    await ann.ask("correct horse", "again: ");
    await ann.ask("correct horse", "\n> ");
    await stranger.waitFor("known? ");
    standalone.process.kill("SIGINT");
    for (const client of [ann, stranger]) {
      await client.waitFor("This world is closed for now. Goodbye.");
      await client.waitForEnd();
    }
    expect(await standalone.ended).toMatchObject({ code: 0, signal: null });
    expect([ann, stranger].map((client) => client.output().split("closed for now").length - 1)).toEqual([1, 1]);
  });

  test("[A18] a world in which a player has what a missing module gave starts without it, and people play", async () => {
    const guide = ["--modules", fileURLToPath(new URL("../../../docs/guide/index.ts", import.meta.url))];
    const before = await start([...starterless, ...guide]);
    const { operations } = await connect();
    const passwordHash = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21l$MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI";
    const ann = { type: "player", id: "ann" };
    const replies = await operations.sendCommands([
      { ...createRoom("hall"), data: { name: "The Hall" } },
      { ...createRoom(""), type: "CreatePlayer", target: ann, data: { name: "Ann", passwordHash, containerId: "room/hall" } },
      { ...createRoom(""), type: "GrantTitle", target: ann, data: { title: "Lamplighter" } },
    ]);
    expect(replies.map(({ code }) => code)).toEqual(["accepted", "accepted", "accepted"]);
    before.process.kill("SIGTERM");
    await before.ended;

    const without = await start();
    const { out, err } = without.output();
    expect(out).toMatch(/^ {2}WARNING {8}A module is missing\..*\n +TitleGranted\n/m);
    expect(err.split('"event":"TitleGranted"')).toHaveLength(2);
    const bob = await connectTelnet({ port: Number(/telnet 127\.0\.0\.1 (\d+)/.exec(out)?.[1]) });
    await bob.waitFor("known? ");
    await bob.ask("Bob", "(yes or no) ");
    await bob.ask("yes", "characters): ");
    await bob.ask("correct horse", "again: ");
    await bob.ask("correct horse", "The Hall");
    await bob.ask("sit", "You sit down.");
    bob.disconnect();
    await bob.waitForEnd();
  });

  test("the token that is configured is the one that counts, and is kept nowhere", async () => {
    await start(starterless, { AETHYR_API_TOKEN: "a-token-of-my-own" });
    const running = await findRunning(config().data);
    const operations = connectOperations({ url: running?.url ?? "", token: "a-token-of-my-own" });
    expect(await operations.actors()).toEqual([]);
    const files = await Promise.all(
      (await readdir(join(cwd, ".aethyr")))
        .filter((name) => name.includes("."))
        .map((name) => readFile(join(cwd, ".aethyr", name), "utf8")),
    );
    expect(files.join()).not.toContain("a-token-of-my-own");
  });
});
