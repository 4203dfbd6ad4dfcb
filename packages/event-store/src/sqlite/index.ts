export { openSqliteEventStore, type SqliteEventStore, type SqliteEventStoreOptions } from "./sqlite-event-store.ts";
export { OtherLogError } from "../errors.ts";
export { openSqliteLog, type SqliteLog, type SqliteLogPlace } from "./sqlite-log.ts";
export { backupSqliteStore, restoreSqliteStore, type BackupOptions, type CopiedLog } from "./backup.ts";
export { openSqliteKeyStore, type SqliteKeyStoreOptions } from "../keys/sqlite-key-store.ts";
