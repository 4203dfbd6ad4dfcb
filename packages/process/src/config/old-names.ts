/** A name of the configuration before this one: what it is now, or why it is refused. A name of old is never ignored in silence. */
export type OldName = { readonly key: string; readonly path: readonly string[] } | { readonly refused: string };

const immudbName = (now: string): string => `use ${now}, with \`store\` set to immudb, and unset it for this process`;
const noRetries = "how often and when the store is tried again is not configured any more: unset it for this process";

/** Environment variables that earlier programs read. */
export const oldEnvironment: Readonly<Record<string, OldName>> = {
  SNAPSHOT_FREQUENCY: { key: "snapshotEvery", path: ["snapshotEvery", "*"] },
  ...Object.fromEntries(
    Object.entries({
      ADDRESS: ["HOST", "ADDRESS", "PORT"],
      USERNAME: ["USER", "USERNAME"],
      PASSWORD: ["PASS", "PASSWORD"],
      DATABASE: ["DATABASE"],
    }).flatMap(([now, names]) => names.map((name) => [`IMMUDB_${name}`, { refused: immudbName(`AETHYR_IMMUDB_${now}`) }])),
  ),
  ...Object.fromEntries(["RETRY_ATTEMPTS", "RETRY_BASE_DELAY", "RETRY_MAX_DELAY"].map((name) => [name, { refused: noRetries }])),
};

const storeHint = "`store` takes its place: `sqlite` records, `memory` does not";

/** Keys of earlier files: what a file that still has one is told. */
export const oldKeys: Readonly<Record<string, string>> = {
  event_sourcing: storeHint,
  event_sourcing_enabled: storeHint,
  snapshot_threshold: '`snapshotEvery` takes its place, such as { "*": 100 }',
  storage_path: "`data` takes its place",
  "immudb.host": "`immudb.address` takes its place, as host:port",
  "immudb.port": "`immudb.address` takes its place, as host:port",
  retry_count: noRetries,
  retry_delay: noRetries,
};
