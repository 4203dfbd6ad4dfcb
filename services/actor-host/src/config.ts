import { z } from "zod";

/** What a host on real engines needs to know; everything else has one meaning only until hosts share a world. */
const Config = z.object({
  AETHYR_WORLD: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/, "1–32 of a–z 0–9 -")
    .default("aethyr"),
  AETHYR_DATA: z.string().min(1).default("./.aethyr"),
  AETHYR_NATS_URL: z.string().min(1).default("nats://127.0.0.1:4222"),
  AETHYR_IMMUDB_ADDRESS: z.string().min(1).default("127.0.0.1:3322"),
  AETHYR_IMMUDB_USERNAME: z.string().min(1).default("immudb"),
  AETHYR_IMMUDB_PASSWORD: z.string().min(1),
  AETHYR_LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
});
export type Config = z.infer<typeof Config>;

/** Reads the environment. Throws an error that names every wrong setting. */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const parsed = Config.safeParse(environment);
  if (parsed.success) return parsed.data;
  throw new Error(
    `the configuration is not valid: ${parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ")}`,
  );
}
