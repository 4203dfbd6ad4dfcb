import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { parsers, type ReadModelDatabase } from "../database.ts";

export type PostgresOptions = {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string;
  /** Connections at most; each projection that is worked on takes one while it writes. Default 10. */
  readonly connections?: number;
  /** Connections for questions at most. Default 3. */
  readonly questionConnections?: number;
  /** How long a statement may take before the connection is given up. Default 60 s. */
  readonly statementTimeoutMs?: number;
  /** How long a transaction of ours may stand still before the server ends it, so that a stalled worker holds nobody up. Default 10 s. */
  readonly idleTransactionMs?: number;
  readonly ssl?: pg.PoolConfig["ssl"];
};

/** PostgreSQL through pools of connections: one for the work, one for questions. Connects when it is first asked, and anew after a failure. */
export function openPostgres(options: PostgresOptions): ReadModelDatabase {
  const { url, connections = 10, questionConnections = 3 } = options;
  const work = openPool(options, connections);
  const questions = openPool(options, questionConnections);
  let closing: Promise<void> | undefined;
  return {
    kysely: kyselyOf(work),
    questions: kyselyOf(questions),
    isServer: true,
    place: withoutSecrets(url),
    close: () => (closing ??= Promise.all([work.end(), questions.end()]).then(() => undefined)),
  };
}

const kyselyOf = (pool: pg.Pool): Kysely<unknown> => new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });

function openPool({ url, statementTimeoutMs = 60_000, idleTransactionMs = 10_000, ssl }: PostgresOptions, connections: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: 5_000,
    query_timeout: statementTimeoutMs,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: idleTransactionMs,
    keepAlive: true,
    application_name: "aethyr",
    options: "-c timezone=UTC",
    types: { getTypeParser: typeParser as typeof pg.types.getTypeParser },
    ...(ssl === undefined ? {} : { ssl }),
  });
  // A connection that ends while nobody uses it is replaced; whoever uses one is told by its statement.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  return pool;
}

type TypeId = Parameters<typeof pg.types.getTypeParser>[0];

function typeParser(oid: TypeId): (text: string) => unknown {
  return parsers[oid] ?? (pg.types.getTypeParser(oid) as (text: string) => unknown);
}

function withoutSecrets(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}
