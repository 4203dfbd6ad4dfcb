import {
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  type TransactionSettings,
} from "kysely";
import { DatabaseUnavailableError } from "../errors.ts";
import type { Link } from "./link.ts";

/** How a transaction limits the time of its statements, a setting that PGlite knows and does not heed. */
const statementLimit = /^\s*set\s+local\s+statement_timeout\s*=\s*(\d+)\s*$/i;

/**
 * Kysely over a link. PGlite has one session for all, so that its connection is handed to one user at a time: statements from beside a
 * transaction wait for its end instead of becoming part of it. No statement takes longer than `statementTimeoutMs`, or what its transaction
 * has said with `set local statement_timeout = …`.
 */
export function pgliteDialect(link: Link, statementTimeoutMs: number): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createDriver: () => createDriver(link, statementTimeoutMs),
  };
}

/** `begun`: in which session of the link its transaction began. */
type Session = DatabaseConnection & { begun: number | undefined; limitMs: number };

function createDriver(link: Link, statementTimeoutMs: number): Driver {
  let free: Promise<void> = Promise.resolve();
  const releases = new WeakMap<DatabaseConnection, () => void>();

  const connect = (): Session => ({
    begun: undefined,
    limitMs: statementTimeoutMs,
    async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
      if (this.begun !== undefined && this.begun !== link.session())
        throw new DatabaseUnavailableError("the transaction ended with its thread");
      const { rows, affected } = await link.query(sql, parameters, this.limitMs);
      const limit = this.begun === undefined ? undefined : statementLimit.exec(sql)?.[1];
      if (limit !== undefined) this.limitMs = Number(limit);
      return { rows: rows as R[], ...(affected === undefined ? {} : { numAffectedRows: BigInt(affected) }) };
    },
    streamQuery() {
      throw new Error("PGlite does not stream");
    },
  });

  const inItsSession = (connection: DatabaseConnection): boolean => (connection as Session).begun === link.session();
  const over = (connection: DatabaseConnection): void =>
    void Object.assign(connection, { begun: undefined, limitMs: statementTimeoutMs } satisfies Partial<Session>);

  return {
    async init() {},
    async acquireConnection() {
      const before = free;
      const { promise, resolve } = Promise.withResolvers<void>();
      free = promise;
      await before;
      const connection = connect();
      releases.set(connection, resolve);
      return connection;
    },
    async beginTransaction(connection, settings: TransactionSettings) {
      const level = settings.isolationLevel === undefined ? "" : ` isolation level ${settings.isolationLevel}`;
      await link.query(`begin${level}`, [], statementTimeoutMs);
      (connection as Session).begun = link.session();
    },
    async commitTransaction(connection) {
      if (!inItsSession(connection)) throw new DatabaseUnavailableError("the transaction ended with its thread");
      // The commit of a transaction with a failed statement is a rollback, which PGlite does not tell: any statement does.
      await link.query("select 1", [], statementTimeoutMs);
      await link.query("commit", [], statementTimeoutMs);
      over(connection);
    },
    async rollbackTransaction(connection) {
      if (inItsSession(connection)) await link.query("rollback", [], statementTimeoutMs);
      over(connection);
    },
    async releaseConnection(connection) {
      releases.get(connection)?.();
    },
    async destroy() {
      await link.close();
    },
  };
}
