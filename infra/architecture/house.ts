/** One part of the house and what it may lean on. Names of our own parts stand without their scope. */
export interface Part {
  /** Folder in the repository, without a slash at the end. */
  readonly folder: string;
  /** Our parts that its source may import. */
  readonly uses: readonly string[];
  /** Our parts that only its tests may import besides; every test may also use `servers`. */
  readonly tests: readonly string[];
  /** The only third-party packages of its source; undefined where any declared one will do. */
  readonly npm: readonly string[] | undefined;
}

const packages = [
  "async",
  "kernel",
  "world",
  "protocol",
  "proof",
  "event-store",
  "nats",
  "bus",
  "follower",
  "placement",
  "runtime",
  "projections",
  "read-models",
  "client",
  "telnet",
  "gateway",
  "operator",
  "import",
  "process",
  "embedded",
  "cluster",
];
/** A process of a cluster holds no whole world; a world in one process has nothing of a cluster. */
const ofCluster = packages.filter((name) => name !== "embedded");
const ofEmbedded = packages.filter((name) => name !== "cluster");

/** The table of arrows. An arrow that is not here is refused, in source and in `package.json`. */
export const house: readonly Part[] = [
  { folder: "packages/async", uses: [], tests: [], npm: [] },
  { folder: "packages/kernel", uses: [], tests: [], npm: ["xstate", "zod"] },
  { folder: "packages/world", uses: ["kernel"], tests: [], npm: ["xstate", "zod"] },
  { folder: "packages/protocol", uses: ["kernel"], tests: [], npm: ["msgpackr", "zod"] },
  { folder: "packages/proof", uses: [], tests: [], npm: ["zod"] },
  { folder: "packages/event-store", uses: ["async", "kernel", "proof"], tests: [], npm: undefined },
  { folder: "packages/nats", uses: [], tests: [], npm: ["@nats-io/jetstream", "@nats-io/transport-node"] },
  { folder: "packages/bus", uses: ["async", "kernel", "protocol", "nats"], tests: [], npm: undefined },
  { folder: "packages/placement", uses: ["kernel", "protocol", "event-store", "nats"], tests: [], npm: undefined },
  { folder: "packages/runtime", uses: ["async", "kernel", "protocol", "event-store", "bus"], tests: [], npm: undefined },
  { folder: "packages/follower", uses: ["kernel", "event-store", "bus"], tests: ["runtime", "world"], npm: [] },
  { folder: "packages/projections", uses: ["async", "kernel", "event-store", "bus", "follower"], tests: [], npm: undefined },
  { folder: "packages/read-models", uses: ["kernel", "world", "projections"], tests: [], npm: [] },
  {
    folder: "packages/client",
    uses: ["async", "kernel", "protocol", "event-store", "bus", "follower", "runtime"],
    tests: ["world"],
    npm: [],
  },
  { folder: "packages/telnet", uses: [], tests: [], npm: [] },
  {
    folder: "packages/gateway",
    uses: ["kernel", "protocol", "world", "client", "telnet"],
    tests: ["event-store", "runtime"],
    npm: undefined,
  },
  {
    folder: "packages/operator",
    uses: ["async", "kernel", "protocol", "event-store", "bus", "follower", "runtime", "projections"],
    tests: ["world"],
    npm: undefined,
  },
  // An export is rehearsed on a world in memory before it is written.
  { folder: "packages/import", uses: ["kernel", "protocol", "world", "event-store", "runtime"], tests: [], npm: undefined },
  // What both profiles are made of. It lets players in, but carries no commands: nothing of a bus or of a store but ImmuDB's is here.
  {
    folder: "packages/process",
    uses: ["kernel", "protocol", "proof", "world", "event-store", "runtime", "projections", "client", "gateway"],
    tests: [],
    npm: undefined,
  },
  {
    folder: "packages/embedded",
    uses: [
      "kernel",
      "protocol",
      "proof",
      "world",
      "event-store",
      "bus",
      "runtime",
      "projections",
      "read-models",
      "client",
      "gateway",
      "operator",
      "process",
    ],
    tests: ["import"],
    npm: undefined,
  },
  {
    folder: "packages/cluster",
    uses: [
      "async",
      "kernel",
      "protocol",
      "world",
      "event-store",
      "nats",
      "bus",
      "placement",
      "runtime",
      "projections",
      "operator",
      "process",
    ],
    tests: [],
    npm: undefined,
  },
  { folder: "infra/servers", uses: [], tests: [], npm: undefined },
  { folder: "services/actor-host", uses: ofCluster, tests: [], npm: undefined },
  { folder: "services/console", uses: ofCluster, tests: [], npm: undefined },
  { folder: "services/gateway", uses: ofCluster, tests: [], npm: undefined },
  { folder: "services/projector", uses: ofCluster, tests: [], npm: undefined },
  { folder: "services/relay", uses: ofCluster, tests: [], npm: undefined },
  { folder: "services/standalone", uses: ofEmbedded, tests: [], npm: undefined },
  { folder: "services/cli", uses: [...packages, "servers"], tests: [], npm: undefined },
  { folder: "bench", uses: [...packages, "servers", "local-cluster"], tests: [], npm: undefined },
  { folder: "infra/nats", uses: [], tests: ["servers"], npm: [] },
  { folder: "infra/cluster", uses: [...packages, "servers", "nats-config"], tests: [], npm: undefined },
  { folder: "infra/docker", uses: [], tests: ["process"], npm: [] },
  { folder: "infra/prometheus", uses: [], tests: ["local-cluster"], npm: [] },
  { folder: "infra/faults", uses: [...packages, "servers", "bench", "local-cluster"], tests: [], npm: undefined },
  { folder: "docs/protocol", uses: ["protocol"], tests: ["local-cluster"], npm: ["zod"] },
  { folder: "docs/guide", uses: packages, tests: [], npm: undefined },
];

/** Entries of a real engine, and the folders whose source may import them; `*.int.test.ts` and bench always may. */
export const engineEntries: ReadonlyMap<string, readonly string[]> = new Map([
  ["event-store/sqlite", ["packages/embedded", "packages/runtime/src/testing/on-sqlite.ts", "services/"]],
  [
    "event-store/immudb",
    [
      "packages/process",
      "packages/embedded",
      "packages/cluster",
      "packages/runtime/src/testing/on-immudb.ts",
      "services/",
      "infra/faults",
      "infra/cluster",
    ],
  ],
  ["event-store/journal", ["packages/embedded", "services/"]],
  ["projections/pglite", ["packages/embedded", "services/"]],
  ["projections/postgres", ["packages/embedded", "services/"]],
  ["bus/nats", ["packages/cluster", "services/", "infra/cluster", "infra/faults"]],
  ["placement/nats", ["packages/cluster"]],
  ["gateway/nats", ["services/"]],
]);

/** Entries (last part of the specifier) and third-party packages that only test code and bench may import. */
export const testEntries: ReadonlySet<string> = new Set(["testing", "contract", "faults"]);
export const testPackages: ReadonlySet<string> = new Set(["vitest", "fast-check"]);
