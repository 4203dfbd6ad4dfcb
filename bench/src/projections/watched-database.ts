import type { ReadModelDatabase } from "@aethyr/projections";
import type { CompiledQuery, Kysely, Transaction } from "kysely";

/** A committed transaction that wrote copies: its statements, and how far it moved the checkpoints. */
export type WatchedTransaction = {
  readonly copies: readonly { readonly schema: string; readonly to: number }[];
  readonly committedMs: number;
  readonly statements: readonly CompiledQuery[];
};

const checkpoint = /^\s*update aethyr\.copies as c set position = /;

/** A database that tells of every transaction that moved a checkpoint, after its commit. */
export function watchDatabase(database: ReadModelDatabase, onCommitted: (transaction: WatchedTransaction) => void): ReadModelDatabase {
  const { kysely } = database;

  async function watched<T>(work: (transaction: Transaction<unknown>) => Promise<T>): Promise<T> {
    const statements: CompiledQuery[] = [];
    const result = await kysely.transaction().execute((transaction) =>
      work(
        new Proxy(transaction, {
          get(target, key) {
            if (key !== "executeQuery") return ownOf(target, key);
            return (query: CompiledQuery) => {
              statements.push(query);
              return target.executeQuery(query);
            };
          },
        }),
      ),
    );
    const moved = statements.find(({ sql }) => checkpoint.test(sql));
    if (moved !== undefined)
      onCommitted({
        copies: JSON.parse(String(moved.parameters[0])) as WatchedTransaction["copies"],
        committedMs: performance.now(),
        statements,
      });
    return result;
  }

  const proxied: Kysely<unknown> = new Proxy(kysely, {
    get: (target, key) => (key === "transaction" ? () => ({ execute: watched }) : ownOf(target, key)),
  });
  return { ...database, kysely: proxied };
}

/** Methods keep their object: it has private fields. */
function ownOf(target: object, key: string | symbol): unknown {
  const value = Reflect.get(target, key, target) as unknown;
  return typeof value === "function" ? (value.bind(target) as unknown) : value;
}
