import { setTimeout as delay } from "node:timers/promises";
import { AethyrError, type Json } from "@aethyr/kernel";
import type { Kysely } from "kysely";
import { run, type ReadModelDatabase } from "../database.ts";
import { InvalidQueryError, SqlRefusedError, SqlTimeoutError, SqlTooLargeError } from "../errors.ts";
import { faultOf, unavailable } from "../fault.ts";

/** Rows that one query may be answered with. */
export const mostRows = 10_000;
const mostSqlCharacters = 100_000;
const usualRows = 1_000;
/** Of an answer as JSON. Reading it and writing it out again is done on the thread that serves commands. */
const mostBytes = 8_000_000;
const usualTimeoutMs = 10_000;
/** A server stops a statement by itself; this is for one that cannot. */
const graceMs = 1_000;

/** For a transaction that writes rows this is a server that takes none; here it is a query that would change something. */
const readOnlyTransaction = "25006";

const reading = /^[\s(]*(?:--|\/\*|select\b|with\b|values\b|table\b)/i;

export type QueryOptions = {
  /** Rows at most, 1–10,000. Default 1000. */
  readonly limit?: number;
  /** Default 10 s. */
  readonly timeoutMs?: number;
};

export type QueryAnswer = {
  /** Names in their order; one that is there twice has a number. Empty where there are no rows. */
  readonly columns: string[];
  readonly rows: Record<string, Json>[];
  /** Whether there are more rows than were asked for. */
  readonly more: boolean;
};

/** `cells`: null from where on the answer is too large. */
type Cells = { readonly cells: readonly (readonly [name: string, value: Json])[] | null };

/**
 * Runs one query in a transaction that can only read and is always rolled back, with a statement timeout, as a role that is no superuser. It
 * stands inside of another query and goes as a prepared statement, so that there can be no second one. Values come as PostgreSQL writes them
 * in JSON. Rejects with `sql_refused`, with what PostgreSQL says, with `sql_timeout`, and with `sql_too_large` for more than 8 MB of JSON.
 */
export async function queryReadOnly(
  { questions }: Pick<ReadModelDatabase, "questions">,
  sql: string,
  { limit = usualRows, timeoutMs = usualTimeoutMs }: QueryOptions = {},
): Promise<QueryAnswer> {
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > mostRows)
    throw new InvalidQueryError(`limit is a whole number from 1 to ${mostRows}, not ${limit}`);
  const text = sql.replace(/[\s;]+$/, "");
  if (text.trim() === "") throw new InvalidQueryError("there is no SQL to run");
  if (text.length > mostSqlCharacters) throw new InvalidQueryError(`a query has at most ${mostSqlCharacters} characters`);
  const over = new AbortController();
  const running = inReadOnly(questions, text, limit + 1, timeoutMs);
  // Whoever stopped waiting is not told of its failure either.
  running.catch(() => undefined);
  const late = delay(timeoutMs + graceMs, undefined, { signal: over.signal, ref: false }).then(() => {
    throw new SqlTimeoutError(timeoutMs);
  });
  late.catch(() => undefined);
  try {
    return answerOf(await Promise.race([running, late]), limit);
  } catch (error) {
    throw failureOf(error, text, timeoutMs);
  } finally {
    over.abort();
  }
}

async function inReadOnly(kysely: Kysely<unknown>, text: string, limit: number, timeoutMs: number): Promise<readonly Cells[]> {
  return kysely.connection().execute(async (connection) => {
    const transaction = await connection.startTransaction().execute();
    try {
      await run(transaction, "set transaction read only");
      await run(transaction, `set local statement_timeout = ${timeoutMs}`);
      // What a superuser may do besides writing rows, such as reading the server's files, no query needs.
      await run(
        transaction,
        "select set_config('role', 'pg_read_all_data', true) where (select rolsuper from pg_roles where rolname = current_user)",
      );
      return await run<Cells>(
        transaction,
        // What is too much is not even sent.
        `select case when sum(octet_length(cells::text)) over (rows unbounded preceding) <= $2::bigint then cells end as cells from (
           select coalesce((select json_agg(json_build_array(cell.key, cell.value)) from json_each(row_to_json(aethyr_row)) as cell), '[]') as cells
           from (\n${text}\n) as aethyr_row limit $1) as answer`,
        [limit, mostBytes],
      );
    } finally {
      await transaction.rollback().execute();
      // The only thing that outlives its transaction.
      await run(connection, "select pg_advisory_unlock_all()");
    }
  });
}

function answerOf(found: readonly Cells[], limit: number): QueryAnswer {
  const wanted = found.slice(0, limit).map(({ cells }) => {
    if (cells === null) throw new SqlTooLargeError(mostBytes);
    return cells;
  });
  const columns = namesOf(wanted[0] ?? []);
  const rows = wanted.map((cells) => Object.fromEntries(cells.map(([, value], index) => [columns[index] ?? "", value])));
  return { columns, rows, more: found.length > limit };
}

/** `id`, `id_2`: both columns are kept where two have one name. No object has a field that is named `__proto__` for long. */
function namesOf(cells: NonNullable<Cells["cells"]>): string[] {
  const names: string[] = [];
  for (const [name] of cells) {
    let free = name;
    for (let number = 2; names.includes(free) || free === "__proto__"; number += 1) free = `${name}_${number}`;
    names.push(free);
  }
  return names;
}

/** PostgreSQL's refusals have a SQLSTATE and a severity. What is wrong with the database is not the query's fault. */
function failureOf(error: unknown, text: string, timeoutMs: number): unknown {
  if (!(error instanceof Error) || error instanceof AethyrError || error instanceof TypeError) return error;
  const sqlstate = "severity" in error && "code" in error ? String(error.code) : undefined;
  if (sqlstate === "57014") return new SqlTimeoutError(timeoutMs, { cause: error });
  if (sqlstate === undefined || (sqlstate !== readOnlyTransaction && faultOf(error) === "unavailable")) return unavailable(error);
  const hint = "hint" in error && typeof error.hint === "string" ? ` (${error.hint})` : "";
  const kind = sqlstate === "42601" && !reading.test(text) ? "only a query that reads is run (select, with, values, table): " : "";
  return new SqlRefusedError(`${kind}${error.message}${hint}`, sqlstate, { cause: error });
}
