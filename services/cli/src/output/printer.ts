import { styleText } from "node:util";
import { columnsOf, hasColor, write, type Io } from "../io.ts";
import { isTooWide, recordLines } from "./records.ts";
import { rowLines, type Row } from "./rows.ts";
import { linesIn, tableLines, type Column, type TableOptions } from "./table.ts";
import { layoutOf } from "./table-layout.ts";
import { escaped } from "./visible.ts";

export const outputFormats = ["table", "json", "ndjson"] as const;
export type OutputFormat = (typeof outputFormats)[number];

/** Writes data to standard output. In `json` and `ndjson` it is the whole value, in `table` what a person wants to see of it. */
export type Printer = {
  readonly format: OutputFormat;
  /** One thing. */
  one(value: unknown, rows: readonly Row[]): Promise<void>;
  /** Several of a kind. */
  list<T>(items: readonly T[], columns: readonly Column<T>[]): Promise<void>;
  /** Several of any kind, with as many columns as they have: where these are too wide for the terminal, each is a block of lines. */
  records<T>(items: readonly T[], columns: readonly Column<T>[]): Promise<void>;
  /** Several of a kind, each as soon as it is there. Gives their number. */
  stream<T>(items: AsyncIterable<T>, columns: readonly Column<T>[]): Promise<number>;
};

export function createPrinter({ stdout, env }: Pick<Io, "stdout" | "env">, format: OutputFormat): Printer {
  const color = hasColor(stdout, env);
  const heading = (text: string): string => (color ? styleText("bold", text, { validateStream: false }) : text);
  const options: TableOptions = { columns: columnsOf(stdout), heading };
  const lines = async (all: readonly string[]): Promise<void> => {
    if (all.length > 0) await write(stdout, `${all.join("\n")}\n`);
  };

  const list = async <T>(items: readonly T[], columns: readonly Column<T>[]): Promise<void> => {
    if (format === "table") await lines(items.length === 0 ? [] : tableLines(items, columns, options));
    else await lines(format === "json" ? [pretty(items)] : items.map((item) => json(item)));
  };

  return {
    format,
    list,
    async one(value, rows) {
      if (format === "table") await lines(rowLines(rows, options.columns));
      else await lines([format === "json" ? pretty(value) : json(value)]);
    },
    async records(items, columns) {
      const room = options.columns;
      if (format !== "table" || room === undefined || !isTooWide(items, columns, room)) return list(items, columns);
      await lines(recordLines(items, columns, { columns: room, heading }));
    },
    async stream(items, columns) {
      let count = 0;
      // Made beforehand: what comes later is not known yet.
      const layout = layoutOf([], columns, options.columns);
      for await (const item of items) {
        count += 1;
        if (format === "ndjson") await lines([json(item)]);
        else if (format === "json") await write(stdout, `${count === 1 ? "[" : ","}\n${pretty(item)}`);
        else await lines(linesIn(layout, [item], options).slice(count === 1 ? 0 : 1));
      }
      if (format === "json") await lines([count === 0 ? "[]" : "\n]"]);
      return count;
    },
  };
}

// JSON leaves the controls of 8-bit terminals and of writing direction as they are; escaped, they are the same to whoever reads it.
const json = (value: unknown, indent?: number): string => escaped(JSON.stringify(value, undefined, indent));
const pretty = (value: unknown): string => json(value, 2);
