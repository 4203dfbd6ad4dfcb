import { displayWidth } from "./display-width.ts";
import { visible } from "./visible.ts";
import { linesOf, wrapped } from "./wrap.ts";

/** What a record is called and what it is, as a person reads it. */
export type Row = readonly [label: string, value: string | number | undefined];

const gap = "  ";
const leastColumns = 20;

/** A value is shown whole, in as many lines as it has; on a terminal, whose columns are known, in as many as it takes. */
export function rowLines(rows: readonly Row[], columns: number | undefined): readonly string[] {
  const width = Math.max(0, ...rows.map(([label]) => displayWidth(visible(label))));
  return rows.flatMap(([label, value]) => {
    const name = visible(label);
    const space = " ".repeat(width - displayWidth(name)) + gap;
    const text = textOf(value);
    const [first = "", ...more] =
      columns === undefined ? linesOf(text) : wrapped(text, Math.max(leastColumns, columns - width - gap.length));
    // What a player has written stands below its label, and so can pretend to be no other row.
    return [name + space + first, ...more.map((line) => " ".repeat(width) + gap + line)].map((line) => line.trimEnd());
  });
}

/** In a list of labels and values a number stands to the left like everything else. */
const textOf = (value: string | number | undefined): string => (value === undefined ? "" : String(value));
