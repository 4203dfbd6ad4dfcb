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

/**
 * Kysely over a link. PGlite has one session for all, so that its connection is handed to one user at a time: statements from beside a
 * transaction wait for its end instead of becoming part of it.
 */
export function pgliteDialect(link: Link): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createDriver: () => createDriver(link),
  };
}

type Session = DatabaseConnection & { begun: number | undefined };

function createDriver(link: Link): Driver {
  let free: Promise<void> = Promise.resolve();
  const releases = new WeakMap<DatabaseConnection, () => void>();

  const connect = (): Session => ({
    begun: undefined,
    async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
      if (this.begun !== undefined && this.begun !== link.session())
        throw new DatabaseUnavailableError("the transaction ended with its thread");
      const { rows, affected } = await link.query(sql, parameters);
      return { rows: rows as R[], ...(affected === undefined ? {} : { numAffectedRows: BigInt(affected) }) };
    },
    streamQuery() {
      throw new Error("PGlite does not stream");
    },
  });

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
      await link.query(`begin${level}`, []);
      (connection as Session).begun = link.session();
    },
    async commitTransaction(connection) {
      const { begun } = connection as Session;
      if (begun !== link.session()) throw new DatabaseUnavailableError("the transaction ended with its thread");
      // The commit of a transaction with a failed statement is a rollback, which PGlite does not tell: any statement does.
      await link.query("select 1", []);
      await link.query("commit", []);
    },
    async rollbackTransaction(connection) {
      if ((connection as Session).begun === link.session()) await link.query("rollback", []);
    },
    async releaseConnection(connection) {
      releases.get(connection)?.();
    },
    async destroy() {
      await link.close();
    },
  };
}
