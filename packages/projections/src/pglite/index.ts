import { Kysely } from "kysely";
import { run, type ReadModelDatabase } from "../database.ts";
import { pgliteDialect } from "./dialect.ts";
import { createLink } from "./link.ts";

export type PgliteOptions = {
  /** Folder of the database, made if needed; one process at a time. Without it the database is in memory. */
  readonly directory?: string;
  /** How long a statement may take before its thread is ended and opened anew. One in memory is empty then. Default 60 s. */
  readonly statementTimeoutMs?: number;
};

/**
 * Opens PostgreSQL in this process, as WebAssembly on a thread of its own. Rejects with `database_in_use` where another process has the
 * folder, with `database_damaged` where it was a database and is none any more, and with `database_unavailable` where it cannot be opened
 * for another reason.
 */
export async function openPglite({ directory, statementTimeoutMs = 60_000 }: PgliteOptions = {}): Promise<ReadModelDatabase> {
  const link = createLink(directory);
  const kysely = new Kysely<unknown>({ dialect: pgliteDialect(link, statementTimeoutMs) });
  try {
    await run(kysely, "select 1");
  } catch (error) {
    await link.close();
    throw error;
  }
  // Kysely ends its driver only where it was used.
  return { kysely, questions: kysely, isServer: false, place: directory ?? "memory", close: () => link.close() };
}
