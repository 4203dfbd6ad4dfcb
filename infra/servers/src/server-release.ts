/** The two servers that this package knows. */
export type ServerName = "nats" | "immudb";

/** Both names, for callers that walk over all servers. */
export const serverNames: readonly ServerName[] = ["nats", "immudb"];

/** What we pin and where it is looked for. */
export interface ServerRelease {
  readonly name: ServerName;
  /** Version that `installServer` builds, without a leading "v". */
  readonly version: string;
  /** The oldest version that does for a binary which we have not built. */
  readonly leastVersion?: string;
  readonly binaryName: string;
  /** Environment variable that names a binary to use instead of all others. */
  readonly binaryVariable: string;
  readonly goPackage: string;
  /** How long a first build takes, to be told to who waits. */
  readonly buildTakes: string;
}

/** Version of Go from which on both can be built. */
export const leastGo = "1.25";

export const serverReleases: Readonly<Record<ServerName, ServerRelease>> = {
  nats: {
    name: "nats",
    version: "2.15.2",
    leastVersion: "2.12.8",
    binaryName: "nats-server",
    binaryVariable: "NATS_SERVER_BIN",
    goPackage: "github.com/nats-io/nats-server/v2",
    buildTakes: "a minute or so",
  },
  immudb: {
    name: "immudb",
    version: "1.11.1",
    binaryName: "immudb",
    binaryVariable: "IMMUDB_BIN",
    goPackage: "github.com/codenotary/immudb/cmd/immudb",
    buildTakes: "some minutes",
  },
};

/** The part of `process.env` that a caller may replace. */
export type Environment = Readonly<Record<string, string | undefined>>;
