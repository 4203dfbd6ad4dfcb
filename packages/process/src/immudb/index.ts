export { immudbFile, readImmudbFile, writeImmudbFile } from "./immudb-files.ts";
export { immudbAddress, immudbNames, immudbReadPlace, pinnedKey, rememberManagedImmudb, type ImmudbConfig } from "./immudb-place.ts";
export { initImmudbStore, type Administrator, type InitStoreReport } from "./init-immudb-store.ts";
export { openImmudb, startError } from "./open-immudb.ts";
export { probeStore, type StoreProbe } from "./probe-store.ts";
