import { pathOf, type RecordedEvent } from "@aethyr/kernel";

/** Where things are, as their own histories say and as those say that hold them; both are `type/id`. */
export type Holdings = {
  readonly add: (event: Pick<RecordedEvent, "stream" | "type" | "data">) => void;
  /** By thing; null: nowhere. */
  readonly places: () => ReadonlyMap<string, string | null>;
  /** What is in two places, or in none that says so. */
  readonly finish: () => readonly string[];
};

/** Folds a log's events, without any code of the world's own: every thing must be in one place, and the place must say the same. */
export function createHoldings(): Holdings {
  const places = new Map<string, string | null>();
  /** Things that a holder says that it holds, by holder. */
  const held = new Map<string, Set<string>>();
  const faults: string[] = [];
  const heldIn = (holder: string): Set<string> => held.get(holder) ?? held.set(holder, new Set()).get(holder)!;

  return {
    add({ stream, type, data }) {
      const path = pathOf(stream);
      if (type === "GameObjectCreated" || type === "GameObjectContainerUpdated") places.set(path, textIn(data, "containerId"));
      const item = `game-object/${textIn(data, "itemId")}`;
      if (type === "ItemAddedToInventory") {
        if (heldIn(path).has(item)) faults.push(`holdings: ${item} came into ${path}, which had it`);
        heldIn(path).add(item);
      }
      if (type === "ItemRemovedFromInventory" && !heldIn(path).delete(item))
        faults.push(`holdings: ${item} left ${path}, which did not have it`);
    },
    places: () => places,
    finish() {
      const all = [...faults];
      for (const [holder, items] of held)
        for (const item of items)
          if (places.get(item) !== holder)
            all.push(`holdings: ${holder} holds ${item}, which says that it is in ${places.get(item) ?? "nothing"}`);
      for (const [thing, holder] of places)
        if (holder !== null && !holder.startsWith("room/") && held.get(holder)?.has(thing) !== true)
          all.push(`holdings: ${thing} says that it is in ${holder}, which does not hold it`);
      return all;
    },
  };
}

function textIn(data: unknown, key: string): string | null {
  const value: unknown = typeof data === "object" && data !== null ? Reflect.get(data, key) : null;
  return typeof value === "string" ? value : null;
}
