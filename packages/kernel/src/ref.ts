import { z } from "zod";

// `__proto__` is no name for anything: as a key of an object it is not what it seems.
const typeText = /^(?!__proto__$)[A-Za-z0-9_-][A-Za-z0-9._-]{0,31}$/;
const idText = /^(?!__proto__$)[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/;

/** The kind of an aggregate: `player`, `room`, … At most 32 characters. */
export const AggregateType = z.string().regex(typeText, "1–32 characters of A–Z a–z 0–9 . _ -, not starting with a dot");
/** The id of one aggregate. At most 128 characters. */
export const AggregateId = z.string().regex(idText, "1–128 characters of A–Z a–z 0–9 . _ -, not starting with a dot");

// The same without an account of what is wrong: names are checked several times on the way of every command.
export const isAggregateType = (text: unknown): boolean => typeof text === "string" && typeText.test(text);
export const isAggregateId = (text: unknown): boolean => typeof text === "string" && idText.test(text);

/** Names one aggregate, and the stream of its events. */
export const Ref = z.object({ type: AggregateType, id: AggregateId });
export type Ref = z.infer<typeof Ref>;

/** A reference as one string, `type/id`, the form in which events and read models hold it. */
export const RefPath = z
  .string()
  .regex(
    /^(?!__proto__\/)[A-Za-z0-9_-][A-Za-z0-9._-]{0,31}\/(?!__proto__$)[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/,
    "type/id, such as room/hall",
  );

export const ref = (type: string, id: string): Ref => ({ type, id });
export const pathOf = (the: Ref): string => `${the.type}/${the.id}`;

/** The reference that a `type/id` path names; the path is taken as checked (see `RefPath`). */
export function refOf(path: string): Ref {
  const slash = path.indexOf("/");
  return { type: path.slice(0, slash), id: path.slice(slash + 1) };
}
