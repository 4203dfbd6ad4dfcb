export { checkAddresses } from "./check-addresses.ts";
export { hasWorld, logOfWorld, storeOfWorld } from "./data-folder.ts";
export { openWorldToRead } from "./open-world-to-read.ts";
export { openWorld, type World, type WorldOptions } from "./open-world.ts";
export { backUpWorld, restoreWorld } from "./store/back-up-world.ts";
export {
  migrateWorld,
  placeOfEnd,
  wasMoved,
  type MigrateWorldOptions,
  type MigrationEnd,
  type WorldMigration,
} from "./store/migrate-world.ts";
export { openBackup, openLog, type OpenedLog } from "./store/open-log.ts";
export { quarantineOf } from "./store/quarantine-of.ts";
