import { rowLines } from "./rows.ts";
import type { Column } from "./table.ts";
import { leastWidth } from "./table-layout.ts";

/** Whether the lines of a table would be cut at the edge of the terminal. */
export const isTooWide = <T>(items: readonly T[], columns: readonly Column<T>[], room: number): boolean =>
  leastWidth(items, { inLine: columns, below: [], isShort: false }) > room;

/** Each item as a block of its own, below a heading with its number: a line for each column, with the whole value. */
export const recordLines = <T>(
  items: readonly T[],
  columns: readonly Column<T>[],
  { columns: room, heading }: { readonly columns: number; readonly heading: (text: string) => string },
): readonly string[] =>
  items.flatMap((item, index) => [
    ...(index === 0 ? [] : [""]),
    heading(`record ${index + 1} of ${items.length}`),
    ...rowLines(
      columns.map(({ title, value }) => [title, value(item)]),
      room,
    ),
  ]);
