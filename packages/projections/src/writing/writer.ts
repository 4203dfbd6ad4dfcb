import type { Transaction } from "kysely";
import { run } from "../database.ts";
import type { Rows, Sql } from "../rows.ts";
import { rowsInto, type Row } from "../sink.ts";
import type { Tables } from "../table.ts";
import { createChanges, type Changes } from "./changes.ts";
import { quoted, statementsFor } from "./statements.ts";

/**
 * What handlers write with. Nothing of it is there before `flush`. Until then only what has to ask the database waits for the transaction, which
 * may begin later than the handlers run.
 */
export type Writer = { readonly rows: Rows<Tables>; readonly sql: Sql<Tables>; readonly flush: () => Promise<void> };

export function createWriter(transaction: () => Promise<Transaction<unknown>>, schema: string, tables: Tables): Writer {
  const changes = new Map<string, Changes>();
  for (const [name, table] of Object.entries(tables)) changes.set(name, createChanges(name, table));

  async function flushTable(name: string): Promise<void> {
    const connection = await transaction();
    for (const step of changes.get(name)!.take()) {
      for (const { text, parameters } of statementsFor(schema, name, tables[name]!, step)) await run(connection, text, parameters);
    }
  }
  async function flush(): Promise<void> {
    for (const name of changes.keys()) await flushTable(name);
  }

  const rows = rowsInto(tables, (name) => {
    const table = tables[name]!;
    const of = changes.get(name)!;
    const columns = Object.keys(table.columns).map(quoted).join(", ");
    const where = table.key.map((column, index) => `${quoted(column)} = $${index + 1}`).join(" and ");
    return {
      ...of,
      async get(id, key) {
        const known = of.known(id);
        if (known !== undefined) return known ?? undefined;
        await flushTable(name);
        const text = `select ${columns} from ${quoted(schema)}.${quoted(name)} where ${where}`;
        const [row] = await run<Row>(
          await transaction(),
          text,
          table.key.map((column) => key[column]),
        );
        return row;
      },
    };
  });

  return {
    rows,
    async sql(work) {
      await flush();
      const connection = await transaction();
      await run(connection, `set local search_path to ${quoted(schema)}`);
      return work(connection as never);
    },
    flush,
  };
}
