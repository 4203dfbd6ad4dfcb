import { nextTransaction, type RawEntry, type RawTransaction } from "@aethyr/proof";

/** See `seeded`. */
export type Random = () => number;
export const below = (random: Random, limit: number): number => Math.floor(random() * limit);

/** Another value in place of the honest one. */
export type Told<T> = { readonly name: string; readonly value: T };

/**
 * Every way to change one thing in a value: a byte of each byte string and its length, each number up and down, each list without, with twice,
 * and with exchanged items.
 */
export function* liesAbout<T>(honest: T, random: Random, path = ""): Generator<Told<T>> {
  for (const { name, value } of changes(honest, random, path)) yield { name, value: value as T };
}

function* changes(honest: unknown, random: Random, path: string): Generator<Told<unknown>> {
  if (honest instanceof Uint8Array) {
    // Without any there is nothing to change but metadata, of which only some can be told.
    if (honest.length === 0) return;
    const changed = Uint8Array.from(honest);
    const at = below(random, changed.length);
    changed[at] = (changed[at] ?? 0) ^ (1 << below(random, 8));
    yield { name: `${path}: byte ${at} changed`, value: changed };
    yield { name: `${path}: cut short`, value: honest.subarray(0, -1) };
    yield { name: `${path}: a byte more`, value: Uint8Array.from([...honest, 0]) };
  } else if (typeof honest === "number") {
    yield { name: `${path}: one more`, value: honest + 1 };
    if (honest > 0) yield { name: `${path}: one less`, value: honest - 1 };
  } else if (Array.isArray(honest)) {
    const items: readonly unknown[] = honest;
    if (items.length > 0) {
      const at = below(random, items.length);
      yield { name: `${path}[${at}]: left out`, value: items.toSpliced(at, 1) };
      yield { name: `${path}[${at}]: twice`, value: items.toSpliced(at, 0, items[at]) };
      yield { name: `${path}: none`, value: [] };
    }
    if (items.length > 1) {
      const at = below(random, items.length - 1);
      yield { name: `${path}[${at}] and the next: exchanged`, value: items.toSpliced(at, 2, items[at + 1], items[at]) };
    }
    for (const [index, item] of items.entries())
      for (const { name, value } of changes(item, random, `${path}[${index}]`)) yield { name, value: items.with(index, value) };
  } else if (typeof honest === "object" && honest !== null) {
    for (const [key, part] of Object.entries(honest)) {
      const inside = path === "" ? key : `${path}.${key}`;
      for (const { name, value } of changes(part, random, inside)) yield { name, value: { ...honest, [key]: value } };
    }
  }
}

/** Lies about one transaction that need more than one change: what is told in its place, none or several. */
export function liesAboutTransaction(
  honest: RawTransaction,
  others: readonly RawTransaction[],
  random: Random,
): readonly Told<readonly RawTransaction[]>[] {
  const { header, entries } = honest;
  const at = below(random, entries.length);
  const withEntry = (change: (entry: RawEntry) => RawEntry): RawTransaction => ({
    header,
    entries: entries.map((entry, index) => (index === at ? change(entry) : entry)),
  });
  const metadata = (...bytes: number[]): RawTransaction => withEntry((entry) => ({ ...entry, metadata: Uint8Array.from(bytes) }));
  const other = others[below(random, others.length)] ?? honest;
  const before = { tx: header.id - 1, hash: header.previous, treeRoot: header.treeRoot };
  const rewritten = withEntry((entry) => ({ ...entry, value: Buffer.concat([entry.value.subarray(0, -2), Buffer.from("0}")]) })).entries;
  return [
    { name: "said to be deleted", value: [metadata(0)] },
    { name: "said to expire", value: [metadata(1, 0, 0, 0, 0, 0, 0, 0, 9)] },
    { name: "said to be in no index", value: [metadata(2)] },
    { name: "a value emptied", value: [withEntry((entry) => ({ ...entry, value: new Uint8Array(0) }))] },
    {
      name: "a value made a reference",
      value: [withEntry((entry) => ({ ...entry, value: Uint8Array.from([1, ...entry.value.subarray(1)]) }))],
    },
    { name: "a value of another entry", value: [withEntry((entry) => ({ ...entry, value: other.entries[0]?.value ?? entry.value }))] },
    { name: "without entries, and counted so", value: [{ header: { ...header, entries: 0 }, entries: [] }] },
    {
      name: "an entry less, and counted so",
      value: [{ header: { ...header, entries: entries.length - 1 }, entries: entries.toSpliced(at, 1) }],
    },
    {
      name: "an entry more, and counted so",
      value: [{ header: { ...header, entries: entries.length + 1 }, entries: [...entries, ...entries.slice(0, 1)] }],
    },
    { name: "entries of another", value: [{ header, entries: other.entries }] },
    { name: "header of another", value: [{ header: other.header, entries }] },
    { name: "another in its place", value: [other] },
    { name: "another in its place, under its id", value: [{ ...other, header: { ...other.header, id: header.id } }] },
    {
      name: "written anew, with all hashes right",
      value: [{ header: nextTransaction(before, rewritten, header.time).header, entries: rewritten }],
    },
    {
      name: "one that never was in between",
      value: [honest, { header: nextTransaction(before, rewritten, header.time).header, entries: rewritten }],
    },
    { name: "an old header version", value: [{ header: { ...header, version: 0 }, entries }] },
    {
      name: "said to have been truncated",
      value: [{ header: { ...header, metadata: Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 1]) }, entries }],
    },
    { name: "a note more", value: [{ header: { ...header, metadata: Buffer.from([1, 0, 1, 65]) }, entries }] },
  ];
}
