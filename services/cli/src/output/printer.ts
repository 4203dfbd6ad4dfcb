import { styleText } from "node:util";
import { columnsOf, hasColor, write, type Io } from "../io.ts";
import { displayWidth } from "./display-width.ts";
import { linesIn, tableLines, type Column, type TableOptions } from "./table.ts";
import { layoutOf } from "./table-layout.ts";
import { escaped, visible } from "./visible.ts";
import { wrapped } from "./wrap.ts";

export const outputFormats = ["table", "json", "ndjson"] as const;
export type OutputFormat = (typeof outputFormats)[number];

/** What a record is called and what it is, as a person reads it. */
export type Row = readonly [label: string, value: string | number | undefined];

/** Writes data to standard output. In `json` and `ndjson` it is the whole value, in `table` what a person wants to see of it. */
export type Printer = {
  readonly format: OutputFormat;
  /** One thing. */
  one(value: unknown, rows: readonly Row[]): Promise<void>;
  /** Several of a kind. */
  list<T>(items: readonly T[], columns: readonly Column<T>[]): Promise<void>;
  /** Several of a kind, each as soon as it is there. Gives their number. */
  stream<T>(items: AsyncIterable<T>, columns: readonly Column<T>[]): Promise<number>;
};

export function createPrinter({ stdout, env }: Pick<Io, "stdout" | "env">, format: OutputFormat): Printer {
  const color = hasColor(stdout, env);
  const options: TableOptions = {
    columns: columnsOf(stdout),
    heading: (text) => (color ? styleText("bold", text, { validateStream: false }) : text),
  };
  const lines = async (all: readonly string[]): Promise<void> => {
    if (all.length > 0) await write(stdout, `${all.join("\n")}\n`);
  };

  return {
    format,
    async one(value, rows) {
      if (format === "table") await lines(rowLines(rows, options.columns));
      else await lines([format === "json" ? pretty(value) : json(value)]);
    },
    async list(items, columns) {
      if (format === "table") await lines(items.length === 0 ? [] : tableLines(items, columns, options));
      else await lines(format === "json" ? [pretty(items)] : items.map((item) => json(item)));
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
const gap = "  ";
const leastColumns = 20;

/** On a terminal every value is shown whole, in as many lines as it takes; elsewhere a row is a line, for whoever looks for one. */
function rowLines(rows: readonly Row[], columns: number | undefined): readonly string[] {
  const width = Math.max(0, ...rows.map(([label]) => displayWidth(visible(label))));
  return rows.flatMap(([label, value]) => {
    const name = visible(label);
    const space = " ".repeat(width - displayWidth(name)) + gap;
    const text = textOf(value);
    const [first = "", ...more] =
      columns === undefined ? [visible(text)] : wrapped(text, Math.max(leastColumns, columns - width - gap.length));
    return [name + space + first, ...more.map((line) => " ".repeat(width) + gap + line)].map((line) => line.trimEnd());
  });
}

/** In a list of labels and values a number stands to the left like everything else. */
const textOf = (value: string | number | undefined): string => (value === undefined ? "" : String(value));
