import { DefinitionError } from "@aethyr/kernel";

/** What a column can hold, by PostgreSQL's name. */
export type ColumnType = "text" | "integer" | "bigint" | "double precision" | "boolean" | "timestamptz";

/** A column: its SQL type, and the TypeScript type of its values. */
export type Column<T = unknown> = { readonly type: ColumnType; readonly nullable: boolean; readonly "~value"?: T };

const column = <T>(type: ColumnType): Column<T> => ({ type, nullable: false });

/** Text. PostgreSQL holds no U+0000: it is written as U+FFFD, as halves of surrogate pairs are. */
export const text = <T extends string = string>(): Column<T> => column("text");
/** A whole number of 32 bits. */
export const integer = (): Column<number> => column("integer");
/** A whole number that JavaScript holds exactly, such as a position. */
export const bigint = (): Column<number> => column("bigint");
export const double = (): Column<number> => column("double precision");
export const boolean = (): Column<boolean> => column("boolean");
/** A time to the millisecond: ISO 8601 in handlers and rows, `timestamptz` in SQL. */
export const timestamp = (): Column<string> => column("timestamptz");
/** The same, or null. */
export const nullable = <T>(inner: Column<T>): Column<T | null> => ({ type: inner.type, nullable: true });

/** A value that a column holds. */
export type Value = string | number | boolean | null;

/** The form in which events have their times; of days that not every month has, the calendar is asked. */
const plainTime = /^\d{4}-\d\d-[012]\dT(?:[01]\d|2[0-3]):\d\d:\d\d\.\d{3}Z$/;

const integers = { integer: [-(2 ** 31), 2 ** 31 - 1], bigint: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER] } as const;

/**
 * A value as the column holds it and gives it back, the same in memory and in SQL. Throws `DefinitionError` where the column cannot hold it:
 * while the handler runs, so that the event is known.
 */
export function valueFor(table: string, name: string, { type, nullable }: Column, value: unknown): Value {
  if (value === null && nullable) return null;
  switch (type) {
    case "text":
      if (typeof value === "string") return storable(value);
      break;
    case "boolean":
      if (typeof value === "boolean") return value;
      break;
    case "timestamptz":
      if (typeof value === "string" && !Number.isNaN(Date.parse(value)))
        return plainTime.test(value) ? value : new Date(value).toISOString();
      break;
    case "integer":
    case "bigint": {
      const [least, most] = integers[type];
      if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most) return (value as number) + 0;
      break;
    }
    case "double precision":
      // Minus zero is zero to JSON, in which rows travel.
      if (typeof value === "number" && Number.isFinite(value)) return value + 0;
  }
  throw new DefinitionError(`${table}.${name} holds ${type}${nullable ? " or null" : ""}, not ${shown(value)}`, { column: name });
}

export const isNumeric = ({ type }: Column): boolean => type === "integer" || type === "bigint" || type === "double precision";

function storable(value: string): string {
  const wellFormed = value.isWellFormed() ? value : value.toWellFormed();
  return wellFormed.includes("\0") ? wellFormed.replaceAll("\0", "\uFFFD") : wellFormed;
}

const shown = (value: unknown): string => (typeof value === "object" && value !== null ? "an object" : String(value));
