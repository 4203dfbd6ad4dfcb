import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";

export const help = `Starts the cluster profile on this machine: NATS, ImmuDB and PostgreSQL, and on them hosts, a relay, a projector, gateways and a console,
each in a process of its own. Needs no root and no Docker; Go, the first time, to build the servers.

Usage: npx -y pnpm cluster [flags]

  --hosts N         Actor hosts, which share the world's aggregates [2]
  --gateways N      Gateways that players connect to: telnet 4000, 4002 …, WebSocket 4001, 4003 … [1]
  --nats-servers N  NATS servers, 1 or 3; of three one may die. A folder keeps the number that it began with [1]
  --partitions N    Parts of a new world, 1 to 512, which a folder keeps; or as many as "partitions resize" has made of them [32]
  --data DIR        Folder of everything, kept when it stops [./.aethyr-cluster]
  --world NAME      Name of the world [aethyr]
  --database NAME   Of ImmuDB; a world that was renamed keeps that of its first name [as the world]
  --modules FILES   Modules of the world, with a comma between them, for every process [AETHYR_MODULES]
  --quiet           Only warnings and errors of the services
  --servers-only    NATS, ImmuDB and PostgreSQL alone, for what is done to a stopped world; see docs/operations/resizing.md
  --rename-to NAME  With --servers-only: a user of NATS may give the world that name, with env/rename.env
  --any-ports       Any free ports, others at every start, instead of 4000, 4001 … for players, 7377 for operators, 7401 … for NATS, 7411 for
                    ImmuDB and 7421 for PostgreSQL
  --help, -h        This text

Examples:
  npx -y pnpm cluster
  npx -y pnpm cluster --hosts 3 --gateways 2
  npx -y pnpm cluster --nats-servers 3 --data .aethyr-three
  npx -y pnpm cluster --modules docs/guide/index.ts

Meanwhile, in another terminal:
  AETHYR_DATA=.aethyr-cluster/console npx -y pnpm aethyr partitions list
  . .aethyr-cluster/env/host.env    what one more host needs that is started by hand; see docs/operations/cluster.md
  kill -9 PID of a host, and go on playing
`;

/** Paths with a comma between them, as absolute ones. */
export const filesIn = (text: string | undefined): string | undefined =>
  text
    ?.split(",")
    .map((file) => resolve(file.trim()))
    .join(",");

const Count = z.coerce.number().int().min(1).max(16);
const World = z.string().regex(/^[a-z0-9-]{1,32}$/, "1–32 characters of a–z 0–9 -");
const Options = z.object({
  hosts: Count.default(2),
  gateways: Count.default(1),
  "nats-servers": z
    .enum(["1", "3"], "1 or 3")
    .transform((text): 1 | 3 => (text === "1" ? 1 : 3))
    .default(1),
  partitions: z.coerce.number().int().min(1).max(512).default(32),
  database: z
    .string()
    .regex(/^[a-z0-9_]{1,32}$/, "1–32 characters of a–z 0–9 _")
    .optional(),
  data: z
    .string()
    .min(1)
    .default(".aethyr-cluster")
    .transform((path) => resolve(path)),
  world: World.default("aethyr"),
  "servers-only": z.boolean().default(false),
  "rename-to": World.optional(),
  modules: z.string().min(1).optional().transform(filesIn),
  quiet: z.boolean().default(false),
  "any-ports": z.boolean().default(false),
  help: z.boolean().default(false),
});
export type Options = Readonly<z.output<typeof Options>>;

/** Throws an error in words of who typed it. */
export function parseOptions(args: readonly string[]): Options {
  const text = { type: "string" as const };
  const flag = { type: "boolean" as const };
  const { values } = parseArgs({
    args: [...args],
    options: {
      hosts: text,
      gateways: text,
      "nats-servers": text,
      partitions: text,
      database: text,
      "servers-only": flag,
      "rename-to": text,
      data: text,
      world: text,
      modules: text,
      quiet: flag,
      "any-ports": flag,
      help: { ...flag, short: "h" },
    },
  });
  const parsed = Options.safeParse(values);
  if (parsed.success) {
    if (parsed.data["rename-to"] !== undefined && !parsed.data["servers-only"])
      throw new Error("--rename-to goes with --servers-only: a world is renamed while its processes are stopped (--help lists all flags)");
    return parsed.data;
  }
  const [issue] = parsed.error.issues;
  throw new Error(`--${issue?.path.join(".")}: ${issue?.message} (--help lists all flags)`);
}
