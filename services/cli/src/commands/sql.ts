import type { Json } from "@aethyr/kernel";
import type { ProjectionStatus } from "@aethyr/operator";
import { wholeNumber } from "../arguments.ts";
import { typed } from "../how-to-type.ts";
import type { Column } from "../output/table.ts";
import { verb } from "../verb.ts";
import { refusedSql } from "../world/refused-sql.ts";
import { askWorld } from "../world/with-world.ts";

/** Of a world that runs the tables are a moment behind at most, unless one is paused; those of a stopped one stay as they are. */
function staleness({ projection, copies }: ProjectionStatus, isRunning: boolean): readonly string[] {
  const active = copies.find(({ state }) => state === "active");
  if (active === undefined || active.lagEvents === 0 || (isRunning && active.failure === null)) return [];
  return [
    `${projection} is at position ${active.position}, ${active.lagEvents} events behind${active.failure === null ? "" : ", and paused"}`,
  ];
}

type Row = Readonly<Record<string, Json>>;

export const sql = verb<{ readonly limit?: number }>({
  name: "sql",
  summary: "asks the read models with SQL",
  details:
    "One query, in the language of PostgreSQL; it can only read, and is given up after 10 seconds. Which tables there are is in docs/operations/read-models.md, and in information_schema.tables. On a terminal that is too narrow for a row each of them is a block of lines.",
  examples: [
    ["sql 'select id, name from rooms order by name' --limit 10", "the first ten rooms"],
    ["sql 'select name from players where room_id is not null' --output json", "whole values, for a script"],
  ],
  define: (command) =>
    command
      .argument("<query>", "such as 'select * from rooms'")
      .option("--limit <n>", "at most so many rows, up to 10000; 1000 without it", wholeNumber(1)),
  async run(call) {
    const [query = ""] = call.args;
    const { limit } = call.options;
    const { answer, stale } = await askWorld(call, async ({ operations: { readModels }, isRunning }) => ({
      answer: await readModels.query(query, limit === undefined ? {} : { limit }).catch(async (error: unknown) => {
        throw await refusedSql(error, readModels);
      }),
      stale: (await readModels.list()).flatMap((status) => staleness(status, isRunning)),
    }));
    await call.print.records(answer.rows, answer.columns.map(columnOf));
    if (call.print.format === "table" && answer.rows.length === 0) call.notes.note("no rows");
    if (stale.length > 0) call.notes.warn(`tables are not as new as the log: ${stale.join("; ")}`);
    if (answer.more) call.notes.warn(`there are more rows than these ${answer.rows.length}: ${typed("sql --limit 10000")} gives more`);
  },
});

const columnOf = (name: string): Column<Row> => ({ title: name, value: (row) => cellOf(row[name]), most: 60 });

function cellOf(value: Json | undefined): string | number | undefined {
  if (value === null || value === undefined) return undefined;
  return typeof value === "string" || typeof value === "number" ? value : JSON.stringify(value);
}
