import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { beginWorld } from "./begin-world.ts";
import { startLocalCluster, type LocalClusterOptions } from "./local-cluster.ts";
import { startServersAlone } from "./servers-alone.ts";
import { canStartCluster } from "./testing/index.ts";

const isHere = await canStartCluster();
const cli = fileURLToPath(new URL("../../../services/cli/src/main.ts", import.meta.url));

/** What an operator's line says in a shell that has read one of the files of the folder `env`. */
const typed = (envFile: string, line: string): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> =>
  new Promise((resolve) => {
    const script = `. '${envFile}' && exec "$0" "$@"`;
    execFile("sh", ["-c", script, process.execPath, cli, ...line.split(" ")], (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });

test.skipIf(!isHere)(
  "[A18] [G11] a cluster's world is divided anew and renamed on its servers alone, with no more rights on NATS than that takes, and goes on",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "aethyr-renaming-"));
    const quiet = { progress: () => undefined, onLine: () => undefined, onEnd: () => undefined };
    const start = (options: Pick<LocalClusterOptions, "world" | "partitions" | "database">) =>
      startLocalCluster({ folder, hosts: 1, gateways: 0, ...quiet, ...options });
    try {
      const before = await start({ world: "skerrow-2", partitions: 4 });
      await beginWorld(before, "skerrow-2");
      const { stdout: stats } = await typed(`${before.envFolder}/console.env`, "world stats --output json");
      await before.close();

      const place = { folder, world: "skerrow-2", database: "skerrow_2", partitions: 4, nats: { servers: 1, advertise: true } } as const;
      const alone = await startServersAlone({ ...place, renameTo: "midgaard", ...quiet });
      try {
        const [host, rename] = [`${alone.envFolder}/host.env`, `${alone.envFolder}/rename.env`];
        expect(await typed(host, "partitions resize 8")).toMatchObject({
          code: 0,
          stdout: expect.stringMatching(/^partitions +8$/m) as string,
        });
        const refused = await typed(host, "world rename midgaard");
        expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/user "host" .* may not.*rename/) as string });
        expect(await typed(rename, "world rename midgaard")).toMatchObject({
          code: 0,
          stdout: expect.stringMatching(/^was +skerrow-2$/m) as string,
        });
      } finally {
        await alone.close();
      }

      const after = await start({ world: "midgaard", database: "skerrow_2", partitions: 8 });
      try {
        const { stdout } = await typed(`${after.envFolder}/console.env`, "world stats --output json");
        expect(JSON.parse(stdout)).toEqual(JSON.parse(stats));
        expect((await typed(`${after.envFolder}/console.env`, "partitions list --output json")).stdout).toContain('"partition": 7');
      } finally {
        await after.close();
      }
    } finally {
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  },
  600_000,
);
