import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { requireServer, serverReleases, type ServerStatus } from "@aethyr/servers";
import { describe, expect, test } from "vitest";
import { createAethyr, lines } from "./testing/aethyr.ts";
import { folderOfTest } from "./testing/folders.ts";

const nats = await requireServer("nats");
const { PATH, HOME, AETHYR_CACHE } = process.env;
const env = { PATH, HOME, AETHYR_CACHE };

test("servers status tells what is not installed, and where nothing runs", async () => {
  const cwd = await folderOfTest();
  const aethyr = createAethyr({ cwd, data: join(cwd, "data") });
  const { code, stdout } = await aethyr("servers status", { env: { AETHYR_CACHE: cwd, PATH: cwd } });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^nats +stopped +\(not installed\)/m);
  expect(stdout).toMatch(/^immudb +stopped +\(not installed\)/m);
  await expect(aethyr("servers start nats", { env: { AETHYR_CACHE: cwd, PATH: cwd } })).resolves.toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringMatching(/servers install nats" \(this needs Go 1\.25 or later/),
  });
  await expect(aethyr("servers install nats", { env: { AETHYR_CACHE: cwd, PATH: cwd } })).resolves.toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringContaining("NATS_SERVER_BIN"),
  });
});

test("servers install leaves alone what is installed already", async () => {
  const cwd = await folderOfTest();
  const { binaryName, version } = serverReleases.nats;
  const binary = join(cwd, "servers", `nats-${version}`, binaryName);
  await mkdir(dirname(binary), { recursive: true });
  await writeFile(binary, "#!/bin/sh\n", { mode: 0o755 });
  const { code, stdout } = await createAethyr({ cwd, data: join(cwd, "data") })("servers install nats --output json", {
    env: { AETHYR_CACHE: cwd, PATH: cwd },
  });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual([{ name: "nats", path: binary, origin: "cache" }]);
});

test("servers install says on standard error what it builds and that it takes long, with what; a binary on the PATH is not built again", async () => {
  const cwd = await folderOfTest();
  const aethyr = createAethyr({ cwd, data: join(cwd, "data") });
  const { binaryName, version } = serverReleases.immudb;
  const bin = join(cwd, "bin");
  await mkdir(bin);
  // As the sixth argument of `go build` it is told where the binary goes.
  await writeFile(join(bin, "go"), '#!/bin/sh\necho "go: downloading it" >&2\nprintf "#!/bin/sh\\n" > "$6"; chmod 755 "$6"\n', {
    mode: 0o755,
  });
  const machine = { AETHYR_CACHE: join(cwd, "cache"), PATH: `${bin}:/usr/bin:/bin` };
  const built = await aethyr("servers install immudb --output json", { env: machine });
  expect(built).toMatchObject({ code: 0, stderr: `immudb: building immudb ${version} with Go; this takes some minutes\n` });
  expect(JSON.parse(built.stdout)).toMatchObject([{ name: "immudb", origin: "cache" }]);
  await writeFile(join(bin, binaryName), "#!/bin/sh\n", { mode: 0o755 });
  const found = await aethyr("servers install immudb --output json", { env: machine });
  expect(JSON.parse(found.stdout)).toEqual([{ name: "immudb", path: join(bin, binaryName), origin: "path" }]);
});

describe.skipIf(nats === undefined)("with a real nats-server", () => {
  test("servers start, status and stop do what they say, and stop leaves nothing running", async () => {
    const cwd = await folderOfTest();
    const aethyr = createAethyr({ cwd, data: join(cwd, "data") });
    const binary = { ...env, NATS_SERVER_BIN: nats };
    try {
      const started = await aethyr("servers start nats --output json", { env: binary });
      expect(started).toMatchObject({ code: 0, stderr: "" });
      expect(JSON.parse(started.stdout)).toMatchObject([
        { name: "nats", state: "running", address: expect.stringMatching(/^127\.0\.0\.1:\d+$/) },
      ]);
      const status = lines((await aethyr("servers status nats --output ndjson", { env: binary })).stdout) as ServerStatus[];
      expect(status).toMatchObject([{ name: "nats", state: "running" }]);
      expect((await aethyr("servers status", { env: binary })).stdout).toMatch(/^nats +running +127\.0\.0\.1:\d+ +\d+ /m);
    } finally {
      expect((await aethyr("servers stop nats --output json", { env: binary })).code).toBe(0);
    }
    expect(lines((await aethyr("servers status nats --output ndjson", { env: binary })).stdout)).toMatchObject([{ state: "stopped" }]);
  });
});
