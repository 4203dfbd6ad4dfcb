import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

const tiny = fileURLToPath(new URL("../testing/tiny-process.ts", import.meta.url));

type Ran = { readonly code: number | string; readonly stdout: string; readonly stderr: string };
type Started = {
  readonly process: ChildProcess;
  /** The line that says that it is ready. */
  readonly ready: () => Promise<Readonly<Record<string, unknown>>>;
  /** The line with this in it. */
  readonly said: (words: string) => Promise<Readonly<Record<string, unknown>>>;
  readonly ended: Promise<Ran>;
};

describe("the process around a service", () => {
  let folder: string;
  const started: Started[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "aethyr-service-"));
  });
  afterEach(async () => {
    for (const { process: child } of started.splice(0)) child.kill("SIGKILL");
    await rm(folder, { recursive: true });
  });

  function start(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Started {
    const child = spawn(process.execPath, [tiny, ...args], {
      cwd: folder,
      env: {
        PATH: process.env["PATH"],
        // Where stripped code is kept: a start takes half as long.
        NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"],
        AETHYR_DATA: join(folder, "data"),
        AETHYR_LOG_FORMAT: "json",
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => void (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => void (stderr += chunk.toString()));
    const ended = once(child, "close").then(([code, signal]: (number | string | null)[]) => ({
      code: code ?? signal ?? "",
      stdout,
      stderr,
    }));
    const said = (words: string) =>
      vi.waitFor(
        () => {
          const line = `${stdout}\n${stderr}`.split("\n").find((text) => text.includes(words));
          if (line === undefined) throw new Error(`it does not say "${words}":\n${stdout}\n${stderr}`);
          return JSON.parse(line) as Readonly<Record<string, unknown>>;
        },
        { timeout: 30_000 },
      );
    const ready = () => said("the tiny is ready");
    const the = { process: child, ready, said, ended };
    started.push(the);
    return the;
  }

  test("--help tells every flag and starts nothing", async () => {
    const { code, stdout, stderr } = await start(["--help"]).ended;
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^Does nothing at all\.\n\nUsage: node services\/tiny\/src\/main\.ts \[flags\]\n/);
    for (const known of ["--world", "--nats-servers", "--placement-host", "--status-port", "AETHYR_NATS_SERVERS=nats://"])
      expect(stdout).toContain(known);
    expect(await readdir(folder)).toEqual([]);
  });

  test("[A19] what is wrong with flags and configuration is said, all of it, on standard error, with exit code 1", async () => {
    const flags = await start(["--nonsense", "1"]).ended;
    expect([flags.code, flags.stdout]).toEqual([1, ""]);
    expect(flags.stderr).toMatch(/^aethyr: .*nonsense/m);
    await writeFile(join(folder, "aethyr.config.json"), JSON.stringify({ status: { port: -1 }, nats: { servers: [] } }));
    const config = await start().ended;
    expect([config.code, config.stdout]).toEqual([1, ""]);
    expect(config.stderr).toMatch(/^aethyr: .*status\.port/m);
    expect(config.stderr).toMatch(/^aethyr: .*nats\.servers/m);
  });

  test("it says that it is ready and where its status is; SIGTERM and Ctrl-C end it cleanly with exit code 0", async () => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      const the = start(["--world", "midgaard"]);
      const said = await the.ready();
      expect(said).toMatchObject({ world: "midgaard", nats: ["nats://127.0.0.1:4222"] });
      const status = String(said["status"]);
      expect(await (await fetch(`${status}/healthz`)).json()).toEqual({ status: "alive" });
      expect((await fetch(`${status}/readyz`)).status).toBe(200);
      expect(await (await fetch(`${status}/metrics`)).text()).toContain("process_cpu_user_seconds_total");
      the.process.kill(signal);
      const { code, stdout, stderr } = await the.ended;
      expect(code).toBe(0);
      expect(`${stdout}${stderr}`).toContain("closing what was opened");
      await expect(fetch(`${status}/healthz`)).rejects.toThrow("fetch failed");
    }
  });

  test("one that is stopped while it starts does not go on, and closes what it opened, also what came last", async () => {
    const the = start([], { TINY: "starts slowly" });
    await the.said("starting slowly");
    the.process.kill("SIGTERM");
    await the.said("closing what was opened");
    the.process.kill("SIGUSR2");
    const { code, stdout, stderr } = await the.ended;
    expect(code).toBe(0);
    expect(`${stdout}${stderr}`).toContain("closing what was opened late");
    expect(`${stdout}${stderr}`).not.toMatch(/it goes on|is ready/);
  });

  test("[A21] one whose closing hangs ends all the same, with exit code 1, and says so", async () => {
    const the = start([], { TINY: "never closes" });
    await the.ready();
    the.process.kill("SIGTERM");
    const { code, stderr } = await the.ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^aethyr: closing took longer than 200 ms/m);
  });

  test("[A21] one that cannot start, cannot go on or cannot close has exit code 1, closes what it opened, and says why", async () => {
    const badStart = await start([], { TINY: "starts badly" }).ended;
    expect(badStart.code).toBe(1);
    expect(badStart.stderr).toMatch(/^aethyr: it would not start$/m);
    expect(badStart.stdout + badStart.stderr).toContain("closing what was opened");

    const later = start([], { TINY: "fails later" });
    await later.ready();
    later.process.kill("SIGUSR2");
    const failed = await later.ended;
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(/^aethyr: it cannot go on$/m);
    expect(failed.stdout + failed.stderr).toContain("closing what was opened");

    const badEnd = start([], { TINY: "closes badly" });
    const answer = await fetch(`${String((await badEnd.ready())["status"])}/readyz`);
    expect([answer.status, await answer.json()]).toEqual([503, { status: "not_ready", message: "it is not in the mood" }]);
    badEnd.process.kill("SIGTERM");
    const ended = await badEnd.ended;
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/^aethyr: it would not close$/m);

    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    const noPort = await start(["--status-port", String(port)]).ended;
    taken.close();
    expect([noPort.code, noPort.stderr]).toEqual([1, expect.stringMatching(/^aethyr: .*EADDRINUSE/m)]);
  });
});
