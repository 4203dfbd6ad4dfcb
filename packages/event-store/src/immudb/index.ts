export { createImmudbDatabase, type ImmudbPlace } from "./database.ts";
export { openImmudbEventStore, type ImmudbOptions } from "./immudb-event-store.ts";
