import { NotJsonError } from "./errors.ts";

/** What may be recorded and sent: JSON values and nothing else, so that a round trip changes nothing. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const maxDepth = 64;

/**
 * Passes a value on as JSON, or throws `NotJsonError` with the path of the first part that is not: Date, Map, BigInt, function, symbol,
 * undefined, NaN, infinities, -0, lone surrogates, class instances, `__proto__` keys, nesting beyond 64.
 */
export function asJson(value: unknown): Json {
  // Almost everything is JSON: where something is not is only looked for when it is known that something is not.
  if (!isJson(value, 0)) refuse(value, "", 0);
  return value as Json;
}

function isJson(value: unknown, depth: number): boolean {
  if (value === null || typeof value === "boolean") return true;
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== "object" || depth >= maxDepth) return false;
  if (Array.isArray(value)) {
    // By index, so that the holes of a sparse array are seen as what they are: undefined.
    for (let index = 0; index < value.length; index += 1) if (!isJson(value[index], depth + 1)) return false;
    return true;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  for (const key in value) {
    if (key === "__proto__" || !key.isWellFormed() || !isJson((value as Record<string, unknown>)[key], depth + 1)) return false;
  }
  return true;
}

/** Throws for the first part that is no JSON value. */
function refuse(value: unknown, path: string, depth: number): void {
  if (isJson(value, depth)) return;
  if (typeof value === "string") throw new NotJsonError(path, "a string with half a surrogate pair");
  if (typeof value === "number") throw new NotJsonError(path, Object.is(value, -0) ? "-0, which JSON writes as 0" : String(value));
  if (typeof value !== "object" || value === null) throw new NotJsonError(path, `of type ${typeof value}`);
  if (depth >= maxDepth) throw new NotJsonError(path, `nested deeper than ${maxDepth}`);
  if (Array.isArray(value)) for (let index = 0; index < value.length; index += 1) refuse(value[index], `${path}[${index}]`, depth + 1);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) throw new NotJsonError(path, "an instance of a class");
  for (const key in value) {
    if (key === "__proto__") throw new NotJsonError(path, "carrying a __proto__ key");
    if (!key.isWellFormed()) throw new NotJsonError(path, "carrying a key with half a surrogate pair");
    refuse((value as Record<string, unknown>)[key], path ? `${path}.${key}` : key, depth + 1);
  }
}
