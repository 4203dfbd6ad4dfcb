/** What lies where in a data folder. */
export const layout = {
  world: "world.json",
  events: "events",
  log: "events/events.sqlite",
  keys: "keys",
  keyFile: "keys/keys.sqlite",
  token: "operator.token",
  running: "running.json",
  /** The console of a cluster uses the folder. */
  console: "console.json",
  importing: "starter-world.importing",
  /** What `aethyr store init` keeps of an ImmuDB; see `immudb-files.ts`. */
  immudb: "immudb",
  journal: "journal",
  checkpoints: "checkpoints.ndjson",
  /** Tables that are made from the log: they can be deleted while the world is stopped. */
  readModels: "read-models",
  /** Servers that `aethyr servers start` has here. */
  servers: "servers",
} as const;
