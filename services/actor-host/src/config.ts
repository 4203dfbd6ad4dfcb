import { ConfigError, loadConfig, type Config } from "@aethyr/embedded";
import { z } from "zod";

/** The bus is this service's own; everything else is configured as for any world. */
const Environment = z.object({ AETHYR_NATS_URL: z.string().min(1).default("nats://127.0.0.1:4222") });

export type HostConfig = { readonly config: Config; readonly natsUrl: string; readonly warnings: readonly string[] };

/** Parts of a world that are not in this process, and what they are instead. */
const elsewhere = [
  ["gateway.", "players connect to a world in one process"],
  ["readModels.", "read models are in a world in one process"],
  ["starterWorld", "a world on a bus begins empty"],
] as const;

/** Reads file and environment. Throws `ConfigError` that names every wrong setting. */
export function readConfig(env: NodeJS.ProcessEnv, cwd: string = process.cwd()): HostConfig {
  const { config, entries, warnings } = loadConfig({ env: { AETHYR_STORE: "immudb", ...env }, cwd });
  const own = Environment.safeParse(env);
  if (!own.success) throw new ConfigError(["environment AETHYR_NATS_URL cannot be empty; allowed: addresses of NATS servers"]);
  if (config.store !== "immudb") throw new ConfigError([`store is ${config.store}: hosts on a bus keep their events in immudb`]);
  if (config.outage !== "refuse") throw new ConfigError(["outage is journal: only a world with a single host may do so"]);
  const ignored = entries
    .filter(({ source }) => source !== "default")
    .flatMap(({ key, source }) => elsewhere.filter(([part]) => key.startsWith(part)).map(([, why]) => ignoredText(key, source, why)));
  return { config, natsUrl: own.data.AETHYR_NATS_URL, warnings: [...warnings, ...ignored] };
}

const ignoredText = (key: string, source: string, why: string): string => `${key} from ${source} does nothing in an actor host: ${why}`;
