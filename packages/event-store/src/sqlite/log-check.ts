import { DatabaseSync } from "node:sqlite";
import { genesisTx } from "../log-keys.ts";
import { positionOf, positionsPerTransaction } from "../position.ts";
import { logSchema } from "./log-format.ts";
import { asStoreError } from "./sqlite-errors.ts";

/** Faults are words for an operator: more of one kind tell no more. */
const mostOfOneKind = 20;

/**
 * The part of a log's verification that is not in its hashes: that indexes and derived tables say the same as the tables that the hashes are over,
 * and that these hold nothing besides. Empty if nothing is wrong; a file that cannot be read is a fault as well.
 */
export function faultsOf(database: DatabaseSync, file: string): readonly string[] {
  try {
    // All of it of one moment, whatever is appended meanwhile.
    database.exec("BEGIN");
    // What a damaged file says of itself is not to be relied on.
    const damage = damageOf(database);
    return damage.length > 0 ? damage : [...schemaFaults(database), ...strayRows(database), ...wrongCounts(database)];
  } catch (error) {
    return [asStoreError(error, `${file} cannot be read`).message];
  } finally {
    if (database.isTransaction) database.exec("ROLLBACK");
  }
}

function damageOf(database: DatabaseSync): readonly string[] {
  const found = database.prepare(`PRAGMA integrity_check(${mostOfOneKind})`).all();
  return found.map((row) => String(row["integrity_check"])).filter((text) => text !== "ok");
}

function schemaFaults(database: DatabaseSync): readonly string[] {
  const wanted = new DatabaseSync(":memory:");
  try {
    wanted.exec(logSchema);
    const [expected, actual] = [wanted, database].map(
      (of) =>
        new Map(
          of
            .prepare("SELECT name, type, tbl_name, sql FROM sqlite_schema")
            .all()
            .map((row) => [row["name"], JSON.stringify(row)]),
        ),
    ) as [Map<unknown, string>, Map<unknown, string>];
    return [...new Set([...expected.keys(), ...actual.keys()])]
      .filter((name) => expected.get(name) !== actual.get(name))
      .map((name) => `${String(name)} is not what a log has under that name`);
  } finally {
    wanted.close();
  }
}

const strays: readonly { readonly sql: string; readonly fault: (row: Record<string, unknown>) => string }[] = [
  {
    sql: `SELECT tx FROM transactions WHERE tx < ${genesisTx}`,
    fault: ({ tx }) => `there is a transaction ${String(tx)}`,
  },
  {
    sql: `SELECT position FROM events WHERE position < ${positionOf(genesisTx + 1, 0)} OR NOT EXISTS (SELECT 1 FROM transactions WHERE tx = position / ${positionsPerTransaction})`,
    fault: ({ position }) => `the event at position ${String(position)} is of no transaction`,
  },
  {
    sql: `SELECT position FROM events AS this WHERE position % ${positionsPerTransaction} > 0 AND NOT EXISTS (SELECT 1 FROM events WHERE position = this.position - 1)`,
    fault: ({ position }) => `the event at position ${String(position)} has none before it`,
  },
  {
    sql: "SELECT position, id FROM commands WHERE NOT EXISTS (SELECT 1 FROM events WHERE events.position = commands.position)",
    fault: ({ position, id }) => `the outcome of command ${String(id)} is at position ${String(position)}, which no event has`,
  },
  {
    sql: "SELECT path FROM streams WHERE NOT EXISTS (SELECT 1 FROM events WHERE events.stream = streams.stream AND version = 1)",
    fault: ({ path }) => `the stream ${String(path)} has no first event`,
  },
  {
    sql: "SELECT path, ended FROM streams WHERE ended <> 0 AND ended IS NOT (SELECT max(version) FROM events WHERE events.stream = streams.stream)",
    fault: ({ path, ended }) => `the stream ${String(path)} is said to have ended at version ${String(ended)}, which is not its last one`,
  },
];

const strayRows = (database: DatabaseSync): readonly string[] =>
  strays.flatMap(({ sql, fault }) => database.prepare(`${sql} LIMIT ${mostOfOneKind}`).all().map(fault));

/** The counts of the statistics, counted anew. */
function wrongCounts(database: DatabaseSync): readonly string[] {
  const type = "CASE WHEN json_valid(event) THEN event ->> '$.type' END";
  return [
    ...compared(database, "event_types", `SELECT ${type} AS type, count(*) AS count FROM events GROUP BY 1`),
    ...compared(
      database,
      "aggregate_types",
      "SELECT substr(path, 1, instr(path, '/') - 1) AS type, count(*) AS count FROM streams GROUP BY 1",
    ),
  ];
}

function compared(database: DatabaseSync, table: string, recount: string): readonly string[] {
  const [kept, found] = [`SELECT type, count FROM ${table}`, recount].map(
    (sql) =>
      new Map(
        database
          .prepare(sql)
          .all()
          .map(({ type, count }) => [String(type), Number(count)]),
      ),
  ) as [Map<string, number>, Map<string, number>];
  return [...new Set([...kept.keys(), ...found.keys()])]
    .filter((type) => kept.get(type) !== found.get(type))
    .map((type) => `${table} counts ${kept.get(type) ?? 0} of ${type}, and there are ${found.get(type) ?? 0}`);
}
