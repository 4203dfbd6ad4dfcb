import type { Json } from "@aethyr/kernel";

/** Whether two JSON values are equal; the order of an object's keys does not count. */
export function sameJson(one: Json, other: Json): boolean {
  if (one === other) return true;
  if (one === null || other === null || typeof one !== "object" || typeof other !== "object") return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [ones, others] = [Object.entries(one), Object.entries(other)];
  return (
    ones.length === others.length &&
    ones.every(([key, value]) => Object.hasOwn(other, key) && sameJson(value, (other as Record<string, Json>)[key]!))
  );
}
