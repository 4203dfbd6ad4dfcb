import { ConfigError, loadConfig, type ConfigSources, type LoadedConfig } from "@aethyr/process";

/** A configuration for a process of a cluster: as for any world, but its log is in ImmuDB. Throws `ConfigError` with all that is wrong. */
export function loadClusterConfig({ env = process.env, ...sources }: ConfigSources = {}): LoadedConfig {
  const loaded = loadConfig({ ...sources, env: { AETHYR_STORE: "immudb", ...env } });
  const { store, outage } = loaded.config;
  if (store !== "immudb") throw new ConfigError([`store is ${store}: the processes of a cluster share a log in immudb`]);
  if (outage !== "refuse") throw new ConfigError(["outage is journal: only a world in a single process may do so"]);
  return loaded;
}
