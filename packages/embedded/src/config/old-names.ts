/** A name of the configuration before this one: what it is now, or why it is refused. A name of old is never ignored in silence. */
export type OldName = { readonly key: string; readonly path: readonly string[] } | { readonly refused: string };

const noImmudb = "the embedded profile keeps its events in the data folder and connects to no ImmuDB: unset it for this process";
const noRetries = "how often and when the store is tried again is not configured any more: unset it for this process";

/** Environment variables that earlier programs read. */
export const oldEnvironment: Readonly<Record<string, OldName>> = {
  SNAPSHOT_FREQUENCY: { key: "snapshotEvery", path: ["snapshotEvery", "*"] },
  ...Object.fromEntries(
    ["HOST", "ADDRESS", "PORT", "USER", "USERNAME", "PASS", "PASSWORD", "DATABASE"].map((name) => [
      `IMMUDB_${name}`,
      { refused: noImmudb },
    ]),
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
  immudb: noImmudb,
  retry_count: noRetries,
  retry_delay: noRetries,
};
