import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ServerStartError, ServerUnavailableError } from "./errors.ts";
import { findFreePort, isPortFree } from "./free-port.ts";
import { serverNameIn } from "./nats-plan.ts";
import { identifyProcess } from "./process-identity.ts";
import { startNats } from "./start-nats.ts";
import { fakeNats, shellScript, temporaryFolder, until, writeExecutable } from "./test-kit.ts";

async function withFakeNats(text: string): Promise<{ env: Record<string, string>; folder: string }> {
  const folder = await temporaryFolder();
  const binary = await writeExecutable(join(folder, "fake-nats"), text);
  return { env: { NATS_SERVER_BIN: binary }, folder };
}

test("a server serves on a free port, and its temporary folder goes with it", async () => {
  const { env } = await withFakeNats(fakeNats());
  const server = await startNats({ env });
  expect(server.url).toBe(`nats://127.0.0.1:${server.port}`);
  expect(server.address).toBe(`127.0.0.1:${server.port}`);
  expect(server.output()).toContain(`fake nats on ${server.port}`);
  expect(existsSync(server.dir)).toBe(true);
  await server.stop();
  await server.stop();
  expect(await identifyProcess(server.pid)).toBeUndefined();
  expect(existsSync(server.dir)).toBe(false);
  expect(await isPortFree(server.port)).toBe(true);
});

test("a folder of the caller's stays, and holds the configuration for our eyes only", async () => {
  const { env, folder } = await withFakeNats(fakeNats());
  const dir = join(folder, "data");
  {
    await using server = await startNats({
      env,
      dir,
      config: "max_payload: 1MB",
      jetstream: false,
    });
    expect(server.dir).toBe(dir);
  }
  expect(await readFile(join(dir, "nats.conf"), "utf8")).toBe("max_payload: 1MB");
});

test("after a kill, restart brings another process on the same port and folder", async () => {
  const { env } = await withFakeNats(fakeNats());
  await using server = await startNats({ env });
  const { dir, pid, port } = server;
  await server.kill("SIGKILL");
  expect(await identifyProcess(pid)).toBeUndefined();
  expect(existsSync(dir)).toBe(true);
  await server.restart();
  expect(server.pid).not.toBe(pid);
  expect(server).toMatchObject({ dir, port });
  await server.restart();
  await server.stop();
  await expect(server.restart()).rejects.toThrow(/was stopped/u);
});

test("a stop during a restart leaves nothing running", async () => {
  const { env } = await withFakeNats(fakeNats());
  const server = await startNats({ env });
  const restarted = server.restart();
  await server.stop();
  await restarted;
  expect(await identifyProcess(server.pid)).toBeUndefined();
});

test("a stopped and continued process is not taken for an ended one", async () => {
  const { env } = await withFakeNats(fakeNats());
  await using server = await startNats({ env });
  await server.kill("SIGSTOP");
  expect(await identifyProcess(server.pid)).toBeDefined();
  await server.kill("SIGCONT");
});

test("a port that somebody takes before the server does is replaced", async () => {
  const { env, folder } = await withFakeNats(
    fakeNats(`if (!existsSync("MARK")) { writeFileSync("MARK", ""); console.log("bind: address already in use"); process.exit(1); }`),
  );
  await using server = await startNats({ env, dir: join(folder, "data") });
  expect(server.port).toBeGreaterThan(0);
});

test("a port that the caller named is not replaced, and another's answer on it is not taken for ours", async () => {
  const { env } = await withFakeNats(fakeNats());
  const port = await findFreePort();
  const other = createServer((socket) => socket.end('INFO {"server_name":"other"}\r\n')).listen(port, "127.0.0.1");
  await once(other, "listening");
  onTestFinished(() => void other.close());
  // The stand-in has Node's words for it, the real servers have Go's.
  const start = startNats({ env, port });
  await expect(start).rejects.toThrow(ServerStartError);
  await expect(start).rejects.toThrow(/address already in use/u);
  await expect(start).rejects.toMatchObject({ code: "server_start_failed", addressInUse: true });
});

test("a server that ends before it serves is an error with its last words", async () => {
  const { env } = await withFakeNats(shellScript("echo bad luck; exit 3"));
  await expect(startNats({ env })).rejects.toThrow(/exit code 3[^]*bad luck/u);
});

/** Says its version and nothing else. */
const silentServer = shellScript('[ "$1" = --version ] && echo nats-server: v9.8.7 && exit; echo $$ > pid; exec sleep 1000');

test("a server that stays silent is ended when the time is up", async () => {
  const { env, folder } = await withFakeNats(silentServer);
  const dir = join(folder, "data");
  await expect(startNats({ env, dir, timeoutMs: 300 })).rejects.toThrow(/did not serve within 300 ms/u);
  expect(await identifyProcess(Number(await readFile(join(dir, "pid"), "utf8")))).toBeUndefined();
});

test("a start can be aborted", async () => {
  const { env, folder } = await withFakeNats(silentServer);
  const dir = join(folder, "data");
  const abort = new AbortController();
  const start = expect(startNats({ env, dir, signal: abort.signal })).rejects.toMatchObject({
    name: "AbortError",
  });
  await until(() => existsSync(join(dir, "pid")));
  abort.abort();
  await start;
});

test("a missing or foreign binary is an error that says so", async () => {
  const nothing = { PATH: await temporaryFolder(), AETHYR_CACHE: await temporaryFolder() };
  await expect(startNats({ env: nothing })).rejects.toThrow(ServerUnavailableError);
  const { env } = await withFakeNats("\u0000\u0001 no program");
  await expect(startNats({ env })).rejects.toThrow(ServerStartError);
});

test.each(["SIGKILL", "SIGTERM", "SIGINT"] as const)("a server ends with its owner, even by %s", async (signal) => {
  const { env, folder } = await withFakeNats(fakeNats());
  const script = `
    import { startNats } from ${JSON.stringify(join(import.meta.dirname, "start-nats.ts"))};
    const server = await startNats({ dir: ${JSON.stringify(join(folder, "data"))} });
    console.log(server.pid);`;
  const owner = spawn(process.execPath, ["--input-type=module-typescript", "--eval", script], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(owner.stdout, "data")) as [Buffer];
  const pid = Number(line.toString());
  expect(await identifyProcess(pid)).toBeDefined();
  owner.kill(signal);
  await once(owner, "exit");
  await until(async () => (await identifyProcess(pid)) === undefined);
});

test("only a whole INFO line tells a name", () => {
  expect(serverNameIn('INFO {"server_name":"n1"}\r\nPING\r\n')).toBe("n1");
  expect(serverNameIn("HTTP/1.1 400 Bad Request\r\n")).toBeUndefined();
  expect(serverNameIn("INFO nonsense\r\n")).toBeUndefined();
  expect(serverNameIn("INFO {}\r\n")).toBeUndefined();
});
