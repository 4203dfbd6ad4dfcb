export { openSqliteEventStore, type SqliteEventStore, type SqliteEventStoreOptions } from "./sqlite-event-store.ts";
export { OtherLogError } from "./log-id.ts";
export { openSqliteKeyStore, type SqliteKeyStoreOptions } from "../keys/sqlite-key-store.ts";
