export { ConfigError } from "./config/errors.ts";
export { flagsHelp, parseFlags, type ParsedFlags } from "./config/flags.ts";
export { configKeys, type ConfigKey } from "./config/keys.ts";
export { configFileName, loadConfig, type ConfigEntry, type ConfigSources, type LoadedConfig } from "./config/load-config.ts";
export type { Config } from "./config/schema.ts";
export { hasWorld, operatorToken, logOfWorld, storeOfWorld } from "./data-folder.ts";
export { checkAddresses } from "./check-addresses.ts";
export { createClosers, type Closers } from "./closers.ts";
export { DataFolderError, ImmudbSettingsError, ImmudbStartError } from "./errors.ts";
export { watchEventLoop } from "./event-loop-metrics.ts";
export { gauge } from "./gauge.ts";
export { hostOptions } from "./host-options.ts";
export { importStarterWorld, StarterWorldError } from "./import-starter-world.ts";
export { loadDomain, loadModules, unknownTypes, type Loaded } from "./load-domain.ts";
export { createLog } from "./log.ts";
export { openWorld, type World, type WorldOptions } from "./open-world.ts";
export { openPlayers, type PlayableWorld, type Players } from "./open-players.ts";
export { openWorldToRead } from "./open-world-to-read.ts";
export { processMetrics, type Positions } from "./process-metrics.ts";
export { announce, findRunning, withdraw, type Running } from "./running.ts";
export { failProcess, stopOnSignals } from "./stop-on-signals.ts";
export { initImmudbStore, type Administrator, type InitStoreReport } from "./store/init-immudb-store.ts";
export { immudbAddress, immudbNames, pinnedKey, rememberManagedImmudb } from "./store/immudb-place.ts";
export { openStores, type Stores } from "./store/open-stores.ts";
export { openImmudb } from "./store/open-immudb.ts";
export { passwordHashes } from "./password-hashes.ts";
export { probeStore, type StoreProbe } from "./store/probe-store.ts";
export { checkpointFile } from "./store/checkpoint-file.ts";
export { checkpointsOf, openCheckpointer, type CheckpointsOfLog } from "./store/open-checkpointer.ts";
export { openBackup, openLog, type OpenedLog } from "./store/open-log.ts";
export {
  migrateWorld,
  placeOfEnd,
  wasMoved,
  type MigrateWorldOptions,
  type MigrationEnd,
  type WorldMigration,
} from "./store/migrate-world.ts";
export { backUpWorld, restoreWorld } from "./store/back-up-world.ts";
export { quarantineOf } from "./store/quarantine-of.ts";
export { watchLog, type LogWatch } from "./store/watch-log.ts";
export { worldOperations } from "./world-operations.ts";
