import { isDeepStrictEqual } from "node:util";
import type { Json } from "@aethyr/kernel";

/** One field that differs: where it is (JSON Pointer, RFC 6901), and its values. One that is missing was not there. */
export type JsonChange = { readonly path: string; readonly before?: Json; readonly after?: Json };

type Fields = Readonly<Record<string, Json>>;

/** Every field that differs between two values, the innermost that both have around it. A list is one value. */
export function jsonChanges(before: Json, after: Json, path = ""): readonly JsonChange[] {
  if (before === after) return [];
  if (!isObject(before) || !isObject(after)) return isDeepStrictEqual(before, after) ? [] : [{ path, before, after }];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  return names.flatMap((name): readonly JsonChange[] => {
    const inner = `${path}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    const had = Object.hasOwn(before, name);
    if (had && Object.hasOwn(after, name)) return jsonChanges(before[name]!, after[name]!, inner);
    return [had ? { path: inner, before: before[name]! } : { path: inner, after: after[name]! }];
  });
}

/** Whether a change at one of two places is a change at the other: the same place, or one around it. */
export const concerns = (one: string, other: string): boolean =>
  one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`);

const isObject = (value: Json): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);
