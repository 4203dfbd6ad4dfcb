import assert from "node:assert/strict";
import { pathOf, type Snapshot } from "@aethyr/kernel";

type Thing = {
  readonly containerId: string | null;
  readonly items: readonly string[];
  readonly equipment: Readonly<Record<string, string>>;
};

/** Asserts that every thing that exists is in one place, and that places agree with the things in them. */
export function assertConserved(snapshots: ReadonlyMap<string, Snapshot>): void {
  const existing = new Map([...snapshots].filter(([path, { state }]) => state.status === "active" && !path.startsWith("room/")));
  const contextOf = (path: string) => existing.get(path)?.state.context as Thing | undefined;
  const holdersOf = new Map<string, string[]>();
  for (const path of existing.keys()) {
    const { items, equipment } = contextOf(path)!;
    assert.deepEqual(items, [...new Set(items)].sort(), `${path} has its items sorted, each once`);
    for (const id of [...items, ...Object.values(equipment)])
      holdersOf.set(`game-object/${id}`, [...(holdersOf.get(`game-object/${id}`) ?? []), path]);
  }
  for (const [path, holders] of holdersOf) {
    assert.ok(existing.has(path), `${holders.join()} holds ${path}, which does not exist`);
    assert.equal(holders.length, 1, `${path} is held by ${holders.join(" and ")}`);
  }
  for (const [path, { stream }] of existing) {
    assert.equal(pathOf(stream), path);
    const { containerId } = contextOf(path)!;
    const holder = containerId === null || containerId.startsWith("room/") ? undefined : containerId;
    assert.equal(holdersOf.get(path)?.[0], holder, `${path} says that it is in ${containerId}, held it is by ${holdersOf.get(path)?.[0]}`);
    const way = [path];
    for (let next = holder; next !== undefined; next = contextOf(next)?.containerId ?? undefined) {
      assert.ok(!way.includes(next), [...way, next].join(" in "));
      way.push(next);
    }
  }
}
