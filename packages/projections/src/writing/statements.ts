import type { Row } from "../sink.ts";
import type { Table } from "../table.ts";
import type { Step, Sweep } from "./changes.ts";

/** SQL with parameters `$1` …. */
export type Statement = { readonly text: string; readonly parameters: readonly unknown[] };

/** A name in quotes. Ours have none of their own. */
export const quoted = (name: string): string => `"${name}"`;

/** Writes a step in few statements; rows travel as one JSON text, which PostgreSQL reads faster than as many parameters. */
export function* statementsFor(schema: string, name: string, table: Table, step: Step): Generator<Statement, void> {
  const target = `${quoted(schema)}.${quoted(name)}`;
  for (const each of step.sweeps) yield swept(target, table, each);

  const put: Row[] = [];
  const removed: Row[] = [];
  const patched = new Map<string, Group>();
  const tallied = new Map<string, Group>();
  for (const entry of step.entries.values()) {
    if (entry.kind === "put") put.push(entry.row);
    else if (entry.kind === "remove") removed.push(entry.key);
    else {
      const set = Object.keys(entry.set).sort();
      const by = Object.keys(entry.by).sort();
      if (entry.kind === "patch" && set.length + by.length === 0) continue;
      const groups = entry.kind === "patch" ? patched : tallied;
      const shape = `${set.join()}+${by.join()}`;
      const group = groups.get(shape) ?? { set, by, rows: [] };
      groups.set(shape, group);
      group.rows.push({ ...entry.key, ...entry.set, ...entry.by });
    }
  }
  if (removed.length > 0)
    yield {
      text: `delete from ${target} as t using ${records(table, table.key)} where ${sameKey(table)}`,
      parameters: [JSON.stringify(removed.map((row) => pick(row, table.key)))],
    };
  if (put.length > 0) yield { text: upsert(target, table), parameters: [JSON.stringify(put)] };
  for (const { set, by, rows } of patched.values()) {
    const changes = [
      ...set.map((each) => `${quoted(each)} = v.${quoted(each)}`),
      ...by.map((each) => `${quoted(each)} = t.${quoted(each)} + v.${quoted(each)}`),
    ];
    const text = `update ${target} as t set ${changes.join(", ")} from ${records(table, [...table.key, ...set, ...by])} where ${sameKey(table)}`;
    yield { text, parameters: [JSON.stringify(rows)] };
  }
  for (const { set, by, rows } of tallied.values()) yield { text: tally(target, table, set, by), parameters: [JSON.stringify(rows)] };
}

/** Rows of which the same columns are set, and the same added to. */
type Group = { readonly set: readonly string[]; readonly by: readonly string[]; readonly rows: Row[] };

function upsert(target: string, table: Table): string {
  const columns = Object.keys(table.columns);
  const others = columns.filter((each) => !table.key.includes(each));
  const onConflict =
    others.length === 0 ? "nothing" : `update set ${others.map((each) => `${quoted(each)} = excluded.${quoted(each)}`).join(", ")}`;
  return `insert into ${target} (${list(columns)}) select ${list(columns, "v.")} from ${records(table, columns)} on conflict (${list(table.key)}) do ${onConflict}`;
}

function tally(target: string, table: Table, set: readonly string[], by: readonly string[]): string {
  const columns = Object.keys(table.columns);
  const known = [...table.key, ...set, ...by];
  const first = columns.map((each) => {
    if (known.includes(each)) return `v.${quoted(each)}`;
    return table.columns[each]?.nullable ? "null" : "0";
  });
  const changes = [
    ...set.map((each) => `${quoted(each)} = excluded.${quoted(each)}`),
    ...by.map((each) => `${quoted(each)} = t.${quoted(each)} + excluded.${quoted(each)}`),
  ];
  const onConflict = changes.length === 0 ? "nothing" : `update set ${changes.join(", ")}`;
  return `insert into ${target} as t (${list(columns)}) select ${first.join(", ")} from ${records(table, known)} on conflict (${list(table.key)}) do ${onConflict}`;
}

function swept(target: string, table: Table, { matched, isNull, set, changes }: Sweep): Statement {
  const conditions = [
    ...matched.map((each) => `t.${quoted(each)} = v.${quoted(`m_${each}`)}`),
    ...isNull.map((each) => `t.${quoted(each)} is null`),
  ];
  const where = conditions.join(" and ");
  const fields = [...matched.map((each) => field(table, each, "m_")), ...(set ?? []).map((each) => field(table, each, "s_"))];
  // Without a value to match there is one change at most, and without a field a record is still a row.
  const from = `json_to_recordset($1) as v(${[...fields, '"_" integer'].join(", ")})`;
  const rows = [...changes.values()].map((change) => ({ ...prefixed(pick(change.match, matched), "m_"), ...prefixed(change.set, "s_") }));
  const parameters = [JSON.stringify(rows)];
  if (set === undefined) return { text: `delete from ${target} as t using ${from} where ${where}`, parameters };
  const assignments = set.map((each) => `${quoted(each)} = v.${quoted(`s_${each}`)}`).join(", ");
  return { text: `update ${target} as t set ${assignments} from ${from} where ${where}`, parameters };
}

const list = (columns: readonly string[], prefix = ""): string => columns.map((each) => `${prefix}${quoted(each)}`).join(", ");
const field = (table: Table, column: string, prefix = ""): string => `${quoted(prefix + column)} ${table.columns[column]?.type}`;
const records = (table: Table, columns: readonly string[]): string =>
  `json_to_recordset($1) as v(${columns.map((each) => field(table, each)).join(", ")})`;
const sameKey = ({ key }: Table): string => key.map((each) => `t.${quoted(each)} = v.${quoted(each)}`).join(" and ");
const pick = (row: Row, columns: readonly string[]): Row => Object.fromEntries(columns.map((each) => [each, row[each] ?? null]));
const prefixed = (row: Row, prefix: string): Row => Object.fromEntries(Object.entries(row).map(([name, value]) => [prefix + name, value]));
