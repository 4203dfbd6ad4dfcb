import { displayWidth } from "./display-width.ts";
import type { Column } from "./table.ts";

/** Where the columns of a table are shown: those of the lines, and those that stand below them as there is no room. */
export type Layout<T> = {
  readonly inLine: readonly Column<T>[];
  readonly below: readonly Column<T>[];
  /** Whether values take their short form. */
  readonly isShort: boolean;
};

export const gap = "  ";
/** A column that gives way keeps at least so many columns; one that can also stand below goes there sooner. */
export const leastShrunk = 12;
const leastBeside = 40;

/**
 * What fits a terminal. Where lines are too long, columns without any value go, values take their short form, and then columns go below, one
 * after the other, until what is left fits. Without items it is a layout for such as come later.
 */
export function layoutOf<T>(items: readonly T[], columns: readonly Column<T>[], room: number | undefined): Layout<T> {
  const whole: Layout<T> = { inLine: columns, below: [], isShort: false };
  if (room === undefined || leastWidth(items, whole) <= room) return whole;
  const isEmpty = (column: Column<T>): boolean => items.length > 0 && items.every((item) => (column.value(item) ?? "") === "");
  const kept = columns.filter((column) => column.below === undefined || !isEmpty(column));
  const going = kept.filter(({ below }) => below !== undefined).toSorted((one, other) => Number(one.below) - Number(other.below));
  const layouts = Array.from({ length: going.length + 1 }, (_, count): Layout<T> => {
    const gone = new Set(going.slice(0, count));
    return { inLine: kept.filter((column) => !gone.has(column)), below: kept.filter((column) => gone.has(column)), isShort: true };
  });
  return layouts.find((layout) => leastWidth(items, layout) <= room) ?? layouts.at(-1) ?? whole;
}

/** Columns that a value takes if nothing is cut but what gives way. */
export function widthOf<T>(items: readonly T[], column: Column<T>, isShort: boolean): number {
  const values = items.map((item) => displayWidth(valueOf(item, column, isShort)));
  const least = (isShort ? column.short?.width : undefined) ?? column.width ?? 0;
  return Math.max(displayWidth(column.title), least, ...values);
}

export function valueOf<T>(item: T, column: Column<T>, isShort: boolean): string {
  const value = column.value(item);
  if (value === undefined) return "";
  return isShort && column.short !== undefined ? column.short.of(String(value)) : String(value);
}

/** Columns that the lines take at least. */
export function leastWidth<T>(items: readonly T[], { inLine, isShort }: Layout<T>): number {
  const least = inLine.map((column) => {
    const width = Math.min(widthOf(items, column, isShort), column.most ?? Number.POSITIVE_INFINITY);
    if (column.shrinks !== true) return width;
    if (column.below === undefined) return Math.min(width, leastShrunk);
    return items.length === 0 ? leastBeside : Math.min(width, leastBeside);
  });
  return least.reduce((sum, width) => sum + width + gap.length, -gap.length);
}
