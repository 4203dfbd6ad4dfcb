import fc from "fast-check";

type Path = readonly (string | number)[];

/** Where the byte strings and numbers of a value are. */
function leavesOf(value: unknown, at: Path = []): { readonly path: Path; readonly value: Uint8Array | number }[] {
  if (value instanceof Uint8Array || typeof value === "number") return [{ path: at, value }];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => leavesOf(part, [...at, Array.isArray(value) ? Number(key) : key]));
}

function put(value: unknown, [head, ...rest]: Path, leaf: unknown): unknown {
  if (head === undefined) return leaf;
  if (Array.isArray(value)) return value.map((part: unknown, index) => (index === head ? put(part, rest, leaf) : part));
  return { ...(value as object), [head]: put((value as Record<string, unknown>)[head], rest, leaf) };
}

/** One change of one byte or number of a value: flipped bits, a byte less or more, another number. */
export type Change = {
  readonly pick: number;
  readonly byte: number;
  readonly bits: number;
  readonly kind: "flip" | "shorten" | "lengthen";
};

export const change: fc.Arbitrary<Change> = fc.record({
  pick: fc.nat(),
  byte: fc.nat(),
  bits: fc.integer({ min: 1, max: 255 }),
  kind: fc.constantFrom("flip", "flip", "flip", "shorten", "lengthen"),
});

/** The value with one change, and where that is. `only` picks from what may change. */
export function changed<T>(
  value: T,
  { pick, byte, bits, kind }: Change,
  only: (path: string) => boolean = () => true,
): { readonly value: T; readonly path: string } {
  const leaves = leavesOf(value).filter(({ path }) => only(path.join(".")));
  const leaf = leaves[pick % leaves.length];
  if (leaf === undefined) throw new Error("there is nothing to change");
  return { value: put(value, leaf.path, changedLeaf(leaf.value)) as T, path: leaf.path.join(".") };

  function changedLeaf(of: Uint8Array | number): Uint8Array | number {
    if (typeof of === "number") return kind === "shorten" ? of - bits : of + bits;
    if (kind === "lengthen" || of.length === 0) return Uint8Array.of(...of, bits);
    if (kind === "shorten") return of.slice(0, -1);
    const copy = Uint8Array.from(of);
    copy[byte % of.length] = (of[byte % of.length] ?? 0) ^ bits;
    return copy;
  }
}

/** The value without one of the items of one of its lists, or with one twice. */
export function relisted<T>(value: T, pick: number, twice: boolean): { readonly value: T; readonly path: string } | undefined {
  const lists = listsOf(value).filter(({ list }) => list.length > 0);
  const chosen = lists[pick % Math.max(1, lists.length)];
  if (chosen === undefined) return undefined;
  const at = pick % chosen.list.length;
  const list = twice ? chosen.list.toSpliced(at, 0, chosen.list[at]) : chosen.list.toSpliced(at, 1);
  return { value: put(value, chosen.path, list) as T, path: chosen.path.join(".") };
}

function listsOf(value: unknown, at: Path = []): { readonly path: Path; readonly list: readonly unknown[] }[] {
  if (value instanceof Uint8Array || typeof value !== "object" || value === null) return [];
  const inner = Object.entries(value).flatMap(([key, part]) => listsOf(part, [...at, Array.isArray(value) ? Number(key) : key]));
  return Array.isArray(value) ? [{ path: at, list: value as readonly unknown[] }, ...inner] : inner;
}
