import { cut, displayWidth } from "./display-width.ts";
import { gap, layoutOf, leastShrunk, valueOf, widthOf, type Layout } from "./table-layout.ts";
import { visible } from "./visible.ts";
import { wrapped } from "./wrap.ts";

export type Column<T> = {
  readonly title: string;
  readonly value: (item: T) => string | number | undefined;
  /** Least width in columns, for rows that are written before the others are known. */
  readonly width?: number;
  /** Most columns that it takes, on a terminal or not; what is longer is cut. */
  readonly most?: number;
  /** Where lines are too long for the terminal, this column gives way, down to a few columns, rather than those behind it. */
  readonly shrinks?: true;
  /** Where lines are too long for the terminal: the value in fewer columns, and how many. */
  readonly short?: { readonly of: (text: string) => string; readonly width: number };
  /** Where lines are too long for the terminal, this column stands below them, the one with the lowest number first; where it has no values it goes. */
  readonly below?: number;
};

export type TableOptions = {
  /** Columns of the terminal; lines that are longer are cut. Undefined: nothing is cut. */
  readonly columns?: number | undefined;
  readonly heading?: (text: string) => string;
};

/** The lines of a table: a heading, and a line for each item, with what had no room below it. Numbers stand to the right. */
export const tableLines = <T>(items: readonly T[], columns: readonly Column<T>[], options: TableOptions = {}): readonly string[] =>
  linesIn(layoutOf(items, columns, options.columns), items, options);

/** The same in a layout that was made before. */
export function linesIn<T>(layout: Layout<T>, items: readonly T[], options: TableOptions): readonly string[] {
  const { inLine, isShort } = layout;
  const whole = items.map((item) => inLine.map((column) => cellOf(item, column, isShort)));
  const wanted = inLine.map((column, index) =>
    Math.max(widthOf([], column, isShort), ...whole.map((row) => displayWidth(row[index]?.text ?? ""))),
  );
  const widths = fitting(inLine, wanted, options);
  const cells = whole.map((row) =>
    row.map((cell, index) => (inLine[index]?.shrinks === true ? { ...cell, text: cut(cell.text, widths[index] ?? 0) } : cell)),
  );
  const right = inLine.map((_, index) => cells.length > 0 && cells.every((row) => row[index]?.isNumber !== false));
  const titles = inLine.map(({ title }) => ({ text: title, isNumber: undefined }));
  const { heading = (text) => text } = options;
  const rows = cells.map((row, index) => [lineOf(row, widths, right, options), ...linesBelow(items[index] as T, layout, options)]);
  return [heading(lineOf(titles, widths, right, options)), ...rows.flat()];
}

const indent = " ".repeat(6);
/** So many columns of a value are shown below a line at most. */
const mostBelow = 400;

/** What had no room, each with its title, in as many lines as it takes. */
function linesBelow<T>(item: T, { below, isShort }: Layout<T>, { columns = Number.POSITIVE_INFINITY }: TableOptions): readonly string[] {
  const said = below.flatMap((column) => {
    const text = cut(visible(valueOf(item, column, isShort)), mostBelow);
    return text === "" ? [] : [`${column.title} ${text}`];
  });
  const room = Math.max(leastShrunk, columns - indent.length);
  return said.length === 0 ? [] : wrapped(said.join(gap), room).map((line) => indent + line);
}

type Cell = { readonly text: string; /** Undefined: empty, and so of either kind. */ readonly isNumber: boolean | undefined };

function fitting<T>(columns: readonly Column<T>[], wanted: readonly number[], { columns: room }: TableOptions): readonly number[] {
  if (room === undefined) return wanted;
  const excess = wanted.reduce((sum, width) => sum + width + gap.length, -gap.length) - room;
  return wanted.map((width, index) =>
    excess > 0 && columns[index]?.shrinks === true ? Math.min(width, Math.max(leastShrunk, width - excess)) : width,
  );
}

function cellOf<T>(item: T, column: Column<T>, isShort: boolean): Cell {
  const value = column.value(item);
  if (value === undefined) return { text: "", isNumber: undefined };
  return {
    text: cut(visible(valueOf(item, column, isShort)), column.most ?? Number.POSITIVE_INFINITY),
    isNumber: typeof value === "number",
  };
}

function lineOf(cells: readonly Cell[], widths: readonly number[], right: readonly boolean[], { columns }: TableOptions): string {
  const padded = cells.map(({ text }, index) => {
    const space = " ".repeat(Math.max(0, (widths[index] ?? 0) - displayWidth(text)));
    return right[index] === true ? space + text : text + space;
  });
  const line = padded.join(gap).trimEnd();
  return columns === undefined ? line : cut(line, columns);
}
