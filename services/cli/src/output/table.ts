import { cut, displayWidth } from "./display-width.ts";
import { visible } from "./visible.ts";

export type Column<T> = {
  readonly title: string;
  readonly value: (item: T) => string | number | undefined;
  /** Least width in columns, for rows that are written before the others are known. */
  readonly width?: number;
  /** Most columns that it takes, on a terminal or not; what is longer is cut. */
  readonly most?: number;
  /** Where lines are too long for the terminal, this column gives way, down to a few columns, rather than those behind it. */
  readonly shrinks?: true;
};

export type TableOptions = {
  /** Columns of the terminal; lines that are longer are cut. Undefined: nothing is cut. */
  readonly columns?: number | undefined;
  readonly heading?: (text: string) => string;
};

const gap = "  ";

/** The lines of a table: a heading, and a line for each item. Numbers stand to the right. */
export function tableLines<T>(items: readonly T[], columns: readonly Column<T>[], options: TableOptions = {}): readonly string[] {
  const whole = items.map((item) => columns.map((column) => cellOf(column.value(item), column.most)));
  const wanted = columns.map((column, index) =>
    Math.max(displayWidth(column.title), column.width ?? 0, ...whole.map((row) => displayWidth(row[index]?.text ?? ""))),
  );
  const widths = fitting(columns, wanted, options);
  const cells = whole.map((row) =>
    row.map((cell, index) => (columns[index]?.shrinks === true ? { ...cell, text: cut(cell.text, widths[index] ?? 0) } : cell)),
  );
  const right = columns.map((_, index) => cells.length > 0 && cells.every((row) => row[index]?.isNumber !== false));
  const titles = columns.map(({ title }) => ({ text: title, isNumber: undefined }));
  const { heading = (text) => text } = options;
  return [heading(lineOf(titles, widths, right, options)), ...cells.map((row) => lineOf(row, widths, right, options))];
}

type Cell = { readonly text: string; /** Undefined: empty, and so of either kind. */ readonly isNumber: boolean | undefined };

const leastShrunk = 12;

function fitting<T>(columns: readonly Column<T>[], wanted: readonly number[], { columns: room }: TableOptions): readonly number[] {
  if (room === undefined) return wanted;
  const excess = wanted.reduce((sum, width) => sum + width + gap.length, -gap.length) - room;
  return wanted.map((width, index) =>
    excess > 0 && columns[index]?.shrinks === true ? Math.min(width, Math.max(leastShrunk, width - excess)) : width,
  );
}

function cellOf(value: string | number | undefined, most: number = Number.POSITIVE_INFINITY): Cell {
  if (value === undefined) return { text: "", isNumber: undefined };
  return { text: cut(visible(String(value)), most), isNumber: typeof value === "number" };
}

function lineOf(cells: readonly Cell[], widths: readonly number[], right: readonly boolean[], { columns }: TableOptions): string {
  const padded = cells.map(({ text }, index) => {
    const space = " ".repeat(Math.max(0, (widths[index] ?? 0) - displayWidth(text)));
    return right[index] === true ? space + text : text + space;
  });
  const line = padded.join(gap).trimEnd();
  return columns === undefined ? line : cut(line, columns);
}
