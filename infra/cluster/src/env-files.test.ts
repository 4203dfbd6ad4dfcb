import { execFile } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { loadConfig } from "@aethyr/process";
import { expect, test } from "vitest";
import { clusterSecrets } from "./cluster-secrets.ts";
import { writeEnvFiles } from "./env-files.ts";
import type { ClusterPlace } from "./service-env.ts";

test("[A19] what a process needs that is started by hand is in a file that a shell reads, and nobody else on the machine", async () => {
  const folder = await mkdtemp(join(tmpdir(), "aethyr-env-"));
  try {
    const secrets = await clusterSecrets(folder);
    const server = (address: string, url = `nats://${address}`) => ({ address, url }) as ClusterPlace["servers"]["immudb"];
    const servers: ClusterPlace["servers"] = {
      nats: [server("127.0.0.1:1"), server("127.0.0.1:2")],
      immudb: server("127.0.0.1:3"),
      postgres: server("127.0.0.1:4", "postgres://postgres:it's@127.0.0.1:4/postgres"),
    };
    const place = { world: "skerrow-2", database: "skerrow_2", partitions: 16, secrets, servers };
    const env = { AETHYR_MODULES: "/a module/index.ts" };
    await writeEnvFiles(folder, place, { consoleFolder: "/the console", env });
    const dir = await writeEnvFiles(folder, place, { consoleFolder: "/the console", env });
    const read = async (role: string): Promise<Readonly<Record<string, string>>> => {
      const script = `. '${dir}/${role}.env' && env -0`;
      const { stdout } = await promisify(execFile)("sh", ["-c", script], { env: { PATH: process.env["PATH"] ?? "" } });
      const pairs = stdout.split("\0").map((line) => line.split(/=(.*)/s));
      return Object.fromEntries(pairs.flatMap(([key = "", value = ""]) => (/^(AETHYR|NATS)_/.test(key) ? [[key, value]] : [])));
    };
    const host = loadConfig({ flags: {}, env: await read("host"), cwd: folder }).config;
    expect(host).toMatchObject({
      world: "skerrow-2",
      store: "immudb",
      modules: ["/a module/index.ts"],
      nats: { servers: ["nats://127.0.0.1:1", "nats://127.0.0.1:2"], username: "host", password: secrets.nats.host },
      immudb: { address: "127.0.0.1:3", database: "skerrow_2", username: "skerrow_2_append", password: secrets.immudbAppend },
      placement: { partitions: 16 },
      readModels: { store: "postgres", url: "postgres://postgres:it's@127.0.0.1:4/postgres" },
    });
    const { config } = loadConfig({ flags: {}, env: await read("console"), cwd: folder });
    expect(config).toMatchObject({ data: "/the console", immudb: { username: "skerrow_2_read", password: secrets.immudbRead } });
    expect(await read("node")).toEqual({
      NATS_URL: "nats://127.0.0.1:1,nats://127.0.0.1:2",
      NATS_USER: "node",
      NATS_PASSWORD: secrets.nats.node,
    });
    expect((await stat(dir)).mode & 0o777).toBe(0o700);
    for (const role of ["host", "relay", "projector", "gateway", "console", "node", "browser"])
      expect((await stat(join(dir, `${role}.env`))).mode & 0o777).toBe(0o600);
  } finally {
    await rm(folder, { recursive: true });
  }
});
