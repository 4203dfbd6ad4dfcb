import { matches, type Increments, type Row, type TableSink } from "../sink.ts";
import type { Table } from "../table.ts";
import { valueFor, type Value } from "../columns.ts";

/** What becomes of one row, whatever it was before. */
export type Entry =
  | { readonly kind: "put"; readonly row: Row }
  | { readonly kind: "remove"; readonly key: Row }
  | { readonly kind: "patch"; readonly key: Row; readonly set: Row; readonly by: Increments }
  | { readonly kind: "tally"; readonly key: Row; readonly set: Row; readonly by: Increments };

/** Changes of rows by their values, all of one shape, of which none has an effect on another: one statement. */
export type Sweep = {
  readonly matched: readonly string[];
  readonly isNull: readonly string[];
  /** Columns to set; undefined where the rows are removed. */
  readonly set: readonly string[] | undefined;
  readonly changes: Map<string, { readonly match: Row; readonly set: Row }>;
};

/** Sweeps in their order, then what becomes of single rows, in any order: together as if everything were done one by one. */
export type Step = { readonly sweeps: Sweep[]; readonly entries: Map<string, Entry> };

/** The changes of one table, kept until they are written: put together, so that a row is written once however often it changed. */
export type Changes = Omit<TableSink, "get"> & {
  /** The row, where the changes alone say what it is: null where it is removed. */
  known(id: string): Row | null | undefined;
  readonly isEmpty: () => boolean;
  /** The steps to be written, one after the other; forgets them. */
  take(): readonly Step[];
};

export function createChanges(name: string, { columns }: Table): Changes {
  let steps: Step[] = [];
  let step = begin();
  /** Whether rows are to change that only the database knows: what sweeps them must come after. */
  let partial = false;
  /** Rows put in this step by the values of a column, for sweeps; made for a column when it is first swept by. */
  let places = new Map<string, Map<Value, Set<string>>>();

  function begin(): Step {
    return { sweeps: [], entries: new Map() };
  }
  function next(): Step {
    if (step.sweeps.length > 0 || step.entries.size > 0) steps.push(step);
    step = begin();
    partial = false;
    places = new Map();
    return step;
  }
  const plus = (row: Row, by: Increments): Row => {
    const sums: Record<string, Value> = { ...row };
    for (const [column, amount] of Object.entries(by))
      sums[column] = valueFor(name, column, columns[column]!, Number(row[column] ?? 0) + amount);
    return sums;
  };

  /** What is to be set of a row and added to it, with more added. */
  function raised(before: Entry | undefined, by: Increments): { readonly set: Row; readonly by: Increments } {
    const set: Record<string, Value> = {};
    const added: Record<string, number> = {};
    if (before?.kind === "patch" || before?.kind === "tally") {
      Object.assign(set, before.set);
      Object.assign(added, before.by);
    }
    for (const [column, amount] of Object.entries(by)) {
      const to: Record<string, Value> = column in set ? set : added;
      Object.assign(to, plus({ [column]: to[column] ?? 0 }, { [column]: amount }));
    }
    return { set, by: added };
  }

  function setEntry(id: string, entry: Entry): void {
    if (places.size > 0) {
      const before = step.entries.get(id);
      if (before?.kind === "put") for (const [column, byValue] of places) byValue.get(before.row[column] ?? null)?.delete(id);
      if (entry.kind === "put") for (const [column, byValue] of places) placeAt(byValue, entry.row[column] ?? null, id);
    }
    step.entries.set(id, entry);
    if (entry.kind === "patch" || entry.kind === "tally") partial = true;
  }

  /** The rows put in this step that a sweep concerns. */
  function swept(match: Row): readonly (readonly [string, Row])[] {
    const column = Object.keys(match).find((each) => match[each] !== null) ?? Object.keys(match)[0]!;
    let byValue = places.get(column);
    if (byValue === undefined) {
      byValue = new Map();
      for (const [id, entry] of step.entries) if (entry.kind === "put") placeAt(byValue, entry.row[column] ?? null, id);
      places.set(column, byValue);
    }
    return [...(byValue.get(match[column] ?? null) ?? [])].flatMap((id) => {
      const entry = step.entries.get(id);
      return entry?.kind === "put" && matches(entry.row, match) ? [[id, entry.row] as const] : [];
    });
  }

  return {
    put: (id, row) => setEntry(id, { kind: "put", row }),
    remove: (id, key) => setEntry(id, { kind: "remove", key }),
    patch(id, key, changes) {
      const before = step.entries.get(id);
      if (before?.kind === "remove") return;
      if (before?.kind === "put") return setEntry(id, { kind: "put", row: { ...before.row, ...changes } });
      const { kind, set, by } = before ?? { kind: "patch", set: {}, by: {} };
      const left = Object.fromEntries(Object.entries(by).filter(([column]) => !(column in changes)));
      setEntry(id, { kind, key, set: { ...set, ...changes }, by: left });
    },
    add(id, key, by) {
      const before = step.entries.get(id);
      if (before?.kind === "remove") return;
      if (before?.kind === "put") return setEntry(id, { kind: "put", row: plus(before.row, by) });
      setEntry(id, { kind: before?.kind ?? "patch", key, ...raised(before, by) });
    },
    tally(id, key, by) {
      let before = step.entries.get(id);
      if (before?.kind === "put") return setEntry(id, { kind: "put", row: plus(before.row, by) });
      // A patched row may not be there, then the patch has no effect; a removed one begins anew.
      if (before?.kind === "patch" || before?.kind === "remove") before = next().entries.get(id);
      setEntry(id, { kind: "tally", key, ...raised(before, by) });
    },
    patchWhere(match, changes) {
      if (Object.keys(changes).length === 0) return;
      if (partial) next();
      for (const [id, row] of swept(match)) setEntry(id, { kind: "put", row: { ...row, ...changes } });
      sweep(step.sweeps, match, changes);
    },
    removeWhere(match) {
      if (partial) next();
      for (const [id, row] of swept(match)) setEntry(id, { kind: "remove", key: row });
      sweep(step.sweeps, match, undefined);
    },
    known(id) {
      const entry = step.entries.get(id);
      if (entry?.kind === "put") return entry.row;
      return entry?.kind === "remove" ? null : undefined;
    },
    isEmpty: () => steps.length === 0 && step.sweeps.length === 0 && step.entries.size === 0,
    take() {
      next();
      const taken = steps;
      steps = [];
      return taken;
    },
  };
}

function placeAt(byValue: Map<Value, Set<string>>, value: Value, id: string): void {
  const there = byValue.get(value);
  if (there === undefined) byValue.set(value, new Set([id]));
  else there.add(id);
}

/** Adds a sweep to the last one where the two are one statement; otherwise it comes after. */
function sweep(sweeps: Sweep[], match: Row, set: Row | undefined): void {
  const names = Object.keys(match).sort();
  const matched = names.filter((name) => match[name] !== null);
  const isNull = names.filter((name) => match[name] === null);
  const columns = set && Object.keys(set).sort();
  const id = JSON.stringify(matched.map((name) => match[name]));
  const change = { match, set: set ?? {} };

  const last = sweeps.at(-1);
  if (last !== undefined && same(last.matched, matched) && same(last.isNull, isNull) && sameSet(last.set, columns)) {
    const before = last.changes.get(id);
    if (columns === undefined || columns.every((name) => !(name in match))) {
      // What is changed can be matched by this change alone: the later value counts.
      last.changes.set(id, change);
      return;
    }
    if (leaves(change, isNull) && allLeave(last, isNull)) {
      // What one has changed is matched by none of the others, nor by itself again.
      if (before === undefined) last.changes.set(id, change);
      return;
    }
  }
  sweeps.push({ matched, isNull, set: columns, changes: new Map([[id, change]]) });
}

/** Whether the rows changed are no longer of the shape: a column that was null has a value. */
const leaves = ({ set }: { readonly set: Row }, isNull: readonly string[]): boolean => isNull.some((name) => set[name] != null);

/** Of a sweep that has grown beyond one change, all leave: only such are added. */
const allLeave = ({ changes }: Sweep, isNull: readonly string[]): boolean => {
  const [first] = changes.values();
  return first === undefined || leaves(first, isNull);
};

const same = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((each, index) => each === other[index]);
const sameSet = (one: readonly string[] | undefined, other: readonly string[] | undefined): boolean =>
  one === undefined || other === undefined ? one === other : same(one, other);
