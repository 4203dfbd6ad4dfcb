import { DefinitionError } from "./errors.ts";
import type { Json } from "./json.ts";

/** How data of version `from` become data of version `to`. */
export type Upcast = { readonly from: number; readonly to: number; readonly change: (data: never) => unknown };

/** Brings data of an older version to the current one; undefined where no path leads there. */
export type Upcasters = (from: number) => ((data: Json) => Json) | undefined;

/** One edge of the graph: always upwards, a downgrade is refused. */
export function upcast<Old, New>(from: number, to: number, change: (data: Old) => New): Upcast {
  if (!Number.isSafeInteger(from) || from < 1 || to <= from) {
    throw new DefinitionError(`an upcast leads from a version to a later one, not from ${from} to ${to}`, { from, to });
  }
  return { from, to, change };
}

/** The graph towards `current`. The shortest path from a version is found the first time that it is asked for, then kept. */
export function upcastersOf(current: number, edges: readonly Upcast[]): Upcasters {
  const declared = new Set<string>();
  for (const { from, to } of edges) {
    if (to > current)
      throw new DefinitionError(`an upcast from ${from} leads to ${to}, past the current version ${current}`, { from, to, current });
    if (declared.has(`${from}>${to}`)) throw new DefinitionError(`there are two upcasts from ${from} to ${to}`, { from, to });
    declared.add(`${from}>${to}`);
  }
  const known = new Map<number, ((data: Json) => Json) | undefined>();
  return (from) => {
    if (!known.has(from)) {
      const path = shortestPath(edges, from, current);
      known.set(from, path && ((data) => path.reduce<unknown>((value, edge) => edge.change(value as never), data) as Json));
    }
    return known.get(from);
  };
}

function shortestPath(edges: readonly Upcast[], from: number, to: number): readonly Upcast[] | undefined {
  let frontier: { readonly at: number; readonly path: readonly Upcast[] }[] = [{ at: from, path: [] }];
  const seen = new Set([from]);
  while (frontier.length > 0) {
    const next: typeof frontier = [];
    for (const { at, path } of frontier) {
      for (const edge of edges) {
        if (edge.from !== at || seen.has(edge.to)) continue;
        if (edge.to === to) return [...path, edge];
        seen.add(edge.to);
        next.push({ at: edge.to, path: [...path, edge] });
      }
    }
    frontier = next;
  }
  return undefined;
}
