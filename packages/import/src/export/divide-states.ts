import { pathOf } from "@aethyr/kernel";
import type { ExportedState } from "./world-export.ts";

/** A world in two parts: each aggregate is in one of them. */
export type DividedStates = { readonly chosen: readonly ExportedState[]; readonly rest: readonly ExportedState[] };

/**
 * Divides the aggregates of a world: those whose path a pattern names (`room/harbour-*`; `*` is any text), and with them whatever is in them, are
 * chosen; the rest are not. Who or what is in something else goes where that goes, whatever a pattern says of it.
 */
export function divideStates(states: readonly ExportedState[], patterns: readonly string[]): DividedStates {
  const byPath = new Map(states.map((state) => [pathOf(state.ref), state]));
  const named = patterns.map(matcherOf);
  const chosen = new Map<string, boolean>();

  function isChosen(path: string): boolean {
    const way = new Set<string>();
    let outermost = path;
    // From the inside out; no world has anything inside itself, but for one that is damaged.
    for (let next: string | undefined = path; next !== undefined && byPath.has(next) && !way.has(next); next = holderOf(byPath.get(next))) {
      const known = chosen.get(next);
      if (known !== undefined) return keep(way, known);
      way.add(next);
      outermost = next;
    }
    return keep(
      way,
      named.some((matches) => matches(outermost)),
    );
  }

  function keep(way: ReadonlySet<string>, answer: boolean): boolean {
    for (const path of way) chosen.set(path, answer);
    return answer;
  }

  const [inside, outside]: [ExportedState[], ExportedState[]] = [[], []];
  for (const [path, state] of byPath) (isChosen(path) ? inside : outside).push(state);
  return { chosen: inside, rest: outside };
}

/** What an aggregate is in, as a path; undefined where it is in nothing, or its kind knows no such thing. */
function holderOf(state: ExportedState | undefined): string | undefined {
  const context = state?.context;
  if (typeof context !== "object" || context === null || !("containerId" in context)) return undefined;
  return typeof context["containerId"] === "string" ? context["containerId"] : undefined;
}

function matcherOf(pattern: string): (path: string) => boolean {
  const source = pattern.split("*").map((text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  const expression = new RegExp(`^${source.join(".*")}$`);
  return (path) => expression.test(path);
}
