import { IndexSuspectError, SnapshotsUnusableError } from "@aethyr/event-store";
import { openImmudbEventStore, type ImmudbEventStore, type ImmudbOptions } from "@aethyr/event-store/immudb";
import { ImmudbStartError } from "../errors.ts";
import { immudbPlace, immudbReadPlace, type ImmudbConfig } from "./immudb-place.ts";

export type OpenImmudbOptions = Pick<ImmudbOptions, "onConnection" | "onWarning" | "readOnly" | "create">;

/**
 * Opens the log of a world in ImmuDB; to read only, as the user who may not do more. Rejects with `immudb_settings`, `immudb_unreachable`, `immudb_refused`, or `foreign_store` for a
 * database that holds something else.
 */
export async function openImmudb(config: ImmudbConfig, options: OpenImmudbOptions = {}): Promise<ImmudbEventStore> {
  const place = await (options.readOnly === true ? immudbReadPlace(config) : immudbPlace(config));
  try {
    return await openImmudbEventStore({ ...place, ...options });
  } catch (error) {
    throw startError(error, place);
  }
}

/** What stands in the way, in words of whoever starts a world. Errors that say it themselves pass. */
export function startError(
  error: unknown,
  { address, database, username }: Pick<ImmudbOptions, "address" | "database" | "username">,
): unknown {
  if (error instanceof IndexSuspectError || error instanceof SnapshotsUnusableError) return error;
  if (!(error instanceof Error && "code" in error && error.code === "unavailable")) return error;
  const answer = answerOf(error.cause);
  const details = { address, database, username };
  if (answer !== undefined)
    return new ImmudbStartError(
      "immudb_refused",
      `the ImmuDB at ${address} does not let ${username} use the database ${database}: it says "${answer}". Set right immudb.username, immudb.password or immudb.database; "npx -y pnpm aethyr store init" makes the database, its users and their passwords where they are missing`,
      details,
      { cause: error },
    );
  const why = reasonOf(error.cause ?? error);
  return new ImmudbStartError(
    "immudb_unreachable",
    `no ImmuDB answers at ${address} (${why}). Start it, the one of this data folder with "npx -y pnpm aethyr servers start immudb"; or give the address of another one as AETHYR_IMMUDB_ADDRESS. One that encrypts its connections needs immudb.tls`,
    details,
    { cause: error },
  );
}

/** Cancelled, too late, no connection: what gRPC says by itself, of a server that is not there or too slow. */
const ofTransport: ReadonlySet<unknown> = new Set([1, 4, 14]);

/** What the server itself said; undefined where the call did not get there, or its answer not here. */
function answerOf(cause: unknown): string | undefined {
  const isAnswer =
    cause instanceof Error && "details" in cause && typeof cause.details === "string" && "code" in cause && !ofTransport.has(cause.code);
  return isAnswer ? String(cause.details) : undefined;
}

/** What the transport knows, without what it says around it. */
function reasonOf(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return (/Last error: (?:Error: )?([^]*?)\.? Resolution note/.exec(text)?.[1] ?? text).replaceAll(/\s+/g, " ").trim();
}
