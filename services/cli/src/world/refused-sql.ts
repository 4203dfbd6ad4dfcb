import { AethyrError } from "@aethyr/kernel";
import type { ReadModelOperations } from "@aethyr/operator";
import { CliError } from "../errors.ts";
import { typed } from "../how-to-type.ts";

const undefinedTable = "42P01";
const undefinedColumn = "42703";
const tables = "select table_name as name from information_schema.tables where table_schema = 'public' order by 1";

/** What PostgreSQL says to a query, and for a name that it does not know, where those are that it knows. Anything else is given back as it is. */
export async function refusedSql(refusal: unknown, { query }: Pick<ReadModelOperations, "query">): Promise<unknown> {
  if (!(refusal instanceof AethyrError) || refusal.code !== "sql_refused") return refusal;
  const { sqlstate } = refusal.details;
  if (sqlstate !== undefinedTable && sqlstate !== undefinedColumn) return refusal;
  try {
    const { rows } = await query(tables);
    const names = rows.flatMap(({ name }) => (typeof name === "string" ? [name] : [])).join(", ");
    const advice = sqlstate === undefinedTable && names !== "" ? [`there are: ${names}`] : [];
    const columns = typed(`sql "select * from NAME" --limit 1 --output json`);
    return new CliError(refusal.code, [refusal.message, ...advice, `which columns a table has: ${columns}`].join("\n"), refusal.details);
  } catch {
    // Whoever cannot even be asked for this has said enough.
    return refusal;
  }
}
