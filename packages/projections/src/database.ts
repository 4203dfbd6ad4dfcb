import { CompiledQuery, type Kysely } from "kysely";

/**
 * A database for read models, PostgreSQL's language. Where it is down, what is asked of it rejects, and goes well again when it is back: an
 * adapter connects anew by itself. `int8` comes as a number, `timestamptz` as ISO 8601 text.
 */
export interface ReadModelDatabase {
  readonly kysely: Kysely<unknown>;
  /** The same for questions that people ask, which may take long and be many: they do not take the connections of those who write. */
  readonly questions: Kysely<unknown>;
  /** A server of its own, with files and users of its own, rather than a part of this process. */
  readonly isServer: boolean;
  /** Where it is, for people; without a password. */
  readonly place: string;
  /** Releases everything. What is under way is finished or rejected. */
  close(): Promise<void>;
}

/** A connection, or a transaction on one. */
export type Connection = Pick<Kysely<unknown>, "executeQuery">;

/** Runs one statement. */
export async function run<R = Readonly<Record<string, unknown>>>(
  connection: Connection,
  text: string,
  parameters: readonly unknown[] = [],
): Promise<readonly R[]> {
  return (await connection.executeQuery<R>(CompiledQuery.raw(text, [...parameters]))).rows;
}

/** As timestamps are read: ISO 8601 to the millisecond, from the text that a session in UTC gives. */
function isoTime(text: string): string {
  const time = new Date(text.replace(" ", "T").replace(/[+-]00(?::00)?$/, "Z"));
  return Number.isNaN(time.getTime()) ? text : time.toISOString();
}

/** Types whose text is read otherwise than the drivers do by themselves: `int8` and `timestamptz`. */
export const parsers: Readonly<Record<number, (text: string) => unknown>> = { 20: Number, 1184: isoTime };
