import { hash } from "node:crypto";
import { canonical } from "@aethyr/event-store";
import { pathOf, refOf, Sealed, type Json } from "@aethyr/kernel";
import type { ExportedState, LeftOut } from "./world-export.ts";

/** What stands for a sealed value: each world seals with keys of its own, and a password is not carried to another one. */
const anySecret = "a secret";

/**
 * SHA-256 of what an aggregate is: the active states of its chart and its fields, a sealed value counting as any other. When it came
 * about, by which commands, and after how many events, is not in it.
 */
export const worldStateHash = ({ states, context }: Pick<ExportedState, "states" | "context">): string =>
  hash("sha256", canonical([states, withoutSecrets(context)]), "hex");

/**
 * What makes two worlds different, aggregate by aggregate; none where they are equal, that is where they have the same aggregates, each with
 * the same `worldStateHash`.
 */
export function differences(expected: readonly ExportedState[], found: readonly ExportedState[]): readonly LeftOut[] {
  const byPath = (all: readonly ExportedState[]) => new Map(all.map((state) => [pathOf(state.ref), state]));
  const there = byPath(found);
  const wanted = byPath(expected);
  const differing = [...wanted].flatMap(([path, state]) => {
    const other = there.get(path);
    if (other === undefined) return [{ ref: state.ref, why: "an import does not make it" }];
    if (worldStateHash(state) === worldStateHash(other)) return [];
    return [{ ref: state.ref, why: `after an import it differs in ${fieldsThatDiffer(state, other).join(", ")}` }];
  });
  const added = [...there.keys()]
    .filter((path) => !wanted.has(path))
    .map((path) => ({ ref: refOf(path), why: "an import makes it, and it was not there" }));
  return [...differing, ...added];
}

function fieldsThatDiffer(one: ExportedState, other: ExportedState): readonly string[] {
  const fields = (state: ExportedState) => ({ ...objectOf(withoutSecrets(state.context)), "the state of its chart": state.states });
  const [left, right] = [fields(one), fields(other)] as Readonly<Record<string, Json>>[];
  return [...new Set([...Object.keys(left!), ...Object.keys(right!)])].filter((name) => text(left![name]) !== text(right![name]));
}

const text = (value: Json | undefined): string | undefined => (value === undefined ? undefined : canonical(value));

function withoutSecrets(value: Json): Json {
  if (typeof value === "string") return Sealed.safeParse(value).success ? anySecret : value;
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withoutSecrets(each as Json)]));
}

const objectOf = (value: Json): Readonly<Record<string, Json>> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, Json>>) : {};
