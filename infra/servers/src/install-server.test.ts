import { existsSync } from "node:fs";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cachedBinary, serversCacheFolder } from "./cache-folder.ts";
import { ServerInstallError, ServerUnavailableError } from "./errors.ts";
import { installServer } from "./install-server.ts";
import { serverNames, serverReleases } from "./server-release.ts";
import type { Environment } from "./server-release.ts";
import { shellScript, temporaryFolder, until, writeExecutable } from "./test-kit.ts";

/** A Go that notes its arguments in `calls`, then does what `body` says. */
async function withFakeGo(body: string): Promise<{ env: Environment; calls: string; cache: string }> {
  const folder = await temporaryFolder();
  const calls = join(folder, "calls");
  await writeExecutable(join(folder, "bin", "go"), shellScript(`echo "$@" >> "${calls}"\n${body}`));
  const env = { PATH: `${join(folder, "bin")}:/usr/bin:/bin`, AETHYR_CACHE: join(folder, "cache") };
  return { env, calls, cache: serversCacheFolder(env) };
}

// "go install" puts the binary into GOBIN, "go build" where -o says, here the sixth argument.
const build = `
out="$GOBIN/nats-server"
[ "$1" = build ] && out="$6"
mkdir -p "$(dirname "$out")"; echo "#!/bin/sh" > "$out"; chmod 755 "$out"
echo "go: downloading something v1.0.0" >&2
i=0; while [ $i -lt 100 ]; do echo "some/package/$i" >&2; i=$((i+1)); done`;

test.each(serverNames)("%s is built at its pinned version, with progress, and nothing else is left", async (name) => {
  const { env, calls, cache } = await withFakeGo(build);
  const lines: string[] = [];
  const installed = await installServer(name, { env, onProgress: (line) => lines.push(line) });
  expect(installed).toEqual({ name, path: cachedBinary(name, env), origin: "cache" });
  expect(existsSync(installed.path)).toBe(true);
  expect(await readdir(cache)).toEqual([`${name}-${serverReleases[name].version}`]);
  expect(await readFile(calls, "utf8")).toContain(serverReleases[name].goPackage);
  expect(lines).toEqual([
    expect.stringContaining("building"),
    "downloading something v1.0.0",
    "compiled 50 packages",
    "compiled 100 packages",
    expect.stringContaining("installed"),
  ]);
});

test("the module that builds immudb requires the pinned version", async () => {
  const module = await readFile(join(import.meta.dirname, "..", "immudb-module", "go.mod"), "utf8");
  expect(module).toContain(`github.com/codenotary/immudb v${serverReleases.immudb.version} `);
});

test("what is installed is not built again, and two at once build once", async () => {
  const { env, calls } = await withFakeGo(build);
  await Promise.all([installServer("nats", { env }), installServer("nats", { env })]);
  await installServer("nats", { env });
  expect((await readFile(calls, "utf8")).trim().split("\n")).toHaveLength(1);
});

test("a failed build leaves nothing, tells Go's last words, and can be tried again", async () => {
  const { env, cache } = await withFakeGo("echo 'go: no route to the proxy' >&2; exit 1");
  await expect(installServer("immudb", { env })).rejects.toThrow(ServerInstallError);
  await expect(installServer("immudb", { env })).rejects.toThrow(/no route to the proxy/u);
  expect(await readdir(cache)).toEqual([]);
});

test("a build without a binary is a failure", async () => {
  const { env } = await withFakeGo("exit 0");
  await expect(installServer("nats", { env })).rejects.toThrow(/left no binary/u);
});

test("a folder that a killed install left behind goes, a broken release folder is replaced", async () => {
  const { env, cache } = await withFakeGo(build);
  await mkdir(join(cache, ".building-nats-old", "bin"), { recursive: true });
  await mkdir(join(cache, `nats-${serverReleases.nats.version}`, "half"), { recursive: true });
  await installServer("nats", { env });
  expect(await readdir(cache, { recursive: true })).toEqual([
    `nats-${serverReleases.nats.version}`,
    join(`nats-${serverReleases.nats.version}`, "nats-server"),
  ]);
});

test("without Go the error says what to do", async () => {
  const env = { PATH: await temporaryFolder(), AETHYR_CACHE: await temporaryFolder() };
  const install = installServer("nats", { env });
  await expect(install).rejects.toThrow(ServerUnavailableError);
  await expect(install).rejects.toMatchObject({
    code: "server_unavailable",
    message: expect.stringMatching(/Install Go .*NATS_SERVER_BIN/u),
  });
});

test("an aborted install interrupts Go and leaves nothing", async () => {
  const { env, calls, cache } = await withFakeGo("trap 'exit 130' INT; while :; do sleep 0.01; done");
  const abort = new AbortController();
  const install = installServer("nats", { env, signal: abort.signal });
  const refused = expect(install).rejects.toMatchObject({ name: "AbortError" });
  await until(() => existsSync(calls));
  abort.abort();
  await refused;
  expect(await readdir(cache)).toEqual([]);
});
