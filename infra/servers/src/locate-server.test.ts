import { join } from "node:path";
import { expect, test } from "vitest";
import { cachedBinary, serversCacheFolder } from "./cache-folder.ts";
import { ServerUnavailableError } from "./errors.ts";
import { locateServer, notInstalledError, serverVersion } from "./locate-server.ts";
import { serverNames, serverReleases } from "./server-release.ts";
import { shellScript, temporaryFolder, writeExecutable } from "./test-kit.ts";

test.each(serverNames)("%s is taken from the environment, else from the PATH, else from the cache", async (name) => {
  const folder = await temporaryFolder();
  const { binaryName, binaryVariable } = serverReleases[name];
  const env: Record<string, string> = {
    PATH: join(folder, "bin"),
    AETHYR_CACHE: join(folder, "cache"),
  };
  expect(await locateServer(name, env)).toBeUndefined();

  const cached = await writeExecutable(cachedBinary(name, env), shellScript(""));
  expect(await locateServer(name, env)).toEqual({ name, path: cached, origin: "cache" });

  const onPath = await writeExecutable(join(folder, "bin", binaryName), shellScript(""));
  expect(await locateServer(name, env)).toEqual({ name, path: onPath, origin: "path" });

  const named = await writeExecutable(join(folder, "own", "any-name"), shellScript(""));
  expect(await locateServer(name, { ...env, [binaryVariable]: named })).toEqual({
    name,
    path: named,
    origin: "environment",
  });
  expect(await locateServer(name, { ...env, [binaryVariable]: "" })).toMatchObject({
    origin: "path",
  });
});

test("a variable that names no executable is an error, even when another binary would do", async () => {
  const folder = await temporaryFolder();
  await writeExecutable(join(folder, "immudb"), shellScript(""));
  const env = { PATH: folder, IMMUDB_BIN: folder };
  await expect(locateServer("immudb", env)).rejects.toThrow(ServerUnavailableError);
  await expect(locateServer("immudb", env)).rejects.toThrow(/IMMUDB_BIN names .* Correct the variable, or unset it/u);
});

test("a nats-server older than we need is refused with both versions, on the PATH and in the environment", async () => {
  const folder = await temporaryFolder();
  const binary = await writeExecutable(join(folder, "nats-server"), shellScript("echo nats-server: v2.12.7"));
  for (const env of [{ PATH: folder }, { PATH: "", NATS_SERVER_BIN: binary }]) {
    const located = locateServer("nats", env);
    await expect(located).rejects.toThrow(ServerUnavailableError);
    await expect(located).rejects.toThrow(/nats-server is nats-server 2\.12\.7, and 2\.12\.8 or later is needed\. .*NATS_SERVER_BIN/u);
  }
});

test.each([
  ["nats", "echo nats-server: v2.12.8"],
  ["nats", "echo nats-server: v3.0.0-RC.1"],
  ["nats", "echo something else"],
  ["immudb", "echo immudb v0.1.2"],
] as const)("a %s that answers '%s' will do", async (name, body) => {
  const folder = await temporaryFolder();
  const path = await writeExecutable(join(folder, serverReleases[name].binaryName), shellScript(body));
  expect(await locateServer(name, { PATH: folder })).toEqual({ name, path, origin: "path" });
});

test("relative folders on the PATH are not searched", async () => {
  expect(await locateServer("nats", { PATH: ".:bin::", AETHYR_CACHE: await temporaryFolder() })).toBeUndefined();
});

test("the cache is below AETHYR_CACHE, else below the home folder", () => {
  expect(serversCacheFolder({ AETHYR_CACHE: "/some/cache" })).toBe("/some/cache/servers");
  expect(serversCacheFolder({})).toMatch(/\.cache\/aethyr\/servers$/u);
  expect(serversCacheFolder({ AETHYR_CACHE: "" })).toBe(serversCacheFolder({}));
});

test("the version is the pinned one for the cache, else what the binary says, else unknown", async () => {
  const folder = await temporaryFolder();
  const says = await writeExecutable(join(folder, "says"), shellScript("echo nats-server: v2.14.1-RC.2"));
  const silent = await writeExecutable(join(folder, "silent"), shellScript("echo no version info available"));
  const fails = await writeExecutable(join(folder, "fails"), shellScript("exit 3"));
  expect(await serverVersion({ name: "nats", path: "/nowhere", origin: "cache" })).toBe(serverReleases.nats.version);
  expect(await serverVersion({ name: "nats", path: says, origin: "path" })).toBe("2.14.1-RC.2");
  expect(await serverVersion({ name: "immudb", path: silent, origin: "path" })).toBeUndefined();
  expect(await serverVersion({ name: "nats", path: fails, origin: "environment" })).toBeUndefined();
});

test("the error for a missing server says what to do", () => {
  expect(notInstalledError("nats")).toMatchObject({ code: "server_unavailable" });
  expect(notInstalledError("nats").message).toMatch(/aethyr servers install.*NATS_SERVER_BIN/u);
});
