import type { InstancePlace, PlannedInstance } from "./reset-plan.ts";
import type { Source } from "./world-file-error.ts";

type Kind = PlannedInstance["kind"];

/** The instances that exist so far while the resets of a world run. */
export type InstanceLedger = {
  readonly create: (instance: { kind: Kind; vnum: number; room: number; place: InstancePlace; source: Source }) => Placed;
  /** How many instances of a prototype the whole world holds now. */
  readonly count: (kind: Kind, vnum: number) => number;
  /** The newest instance of an object, among those that satisfy `wanted`. */
  readonly newestObject: (vnum: number, wanted?: (placed: Placed) => boolean) => Placed | undefined;
  /** Takes an object out of the world together with everything in it. */
  readonly remove: (placed: Placed) => void;
  /** All instances in the order of their creation. */
  readonly all: () => readonly PlannedInstance[];
};

/** An instance, and the room in which it or its outermost holder was put. */
export type Placed = {
  readonly instance: PlannedInstance;
  readonly room: number;
};

export function createInstanceLedger(): InstanceLedger {
  const byKey = new Map<string, Placed>();
  const byPrototype = new Map<string, Placed[]>();
  const created = new Map<string, number>();

  const siblings = (kind: Kind, vnum: number): Placed[] => {
    const name = `${kind} ${vnum}`;
    const list = byPrototype.get(name) ?? [];
    byPrototype.set(name, list);
    return list;
  };
  // A key is never used again, even if its instance has been removed: so the count is of all ever created.
  const nextKey = (room: number, kind: Kind, vnum: number): string => {
    const stem = `${room}-${kind === "mob" ? "m" : "o"}-${vnum}`;
    const ordinal = (created.get(stem) ?? 0) + 1;
    created.set(stem, ordinal);
    return `${stem}-${ordinal}`;
  };
  const remove = (placed: Placed): void => {
    const { key, kind, vnum } = placed.instance;
    byKey.delete(key);
    const list = siblings(kind, vnum);
    list.splice(list.indexOf(placed), 1);
    for (const held of byKey.values()) {
      if (held.instance.place.in === "instance" && held.instance.place.key === key) remove(held);
    }
  };

  return {
    create: ({ kind, vnum, room, place, source }) => {
      const placed: Placed = {
        instance: { key: nextKey(room, kind, vnum), kind, vnum, place, source },
        room,
      };
      byKey.set(placed.instance.key, placed);
      siblings(kind, vnum).push(placed);
      return placed;
    },
    count: (kind, vnum) => siblings(kind, vnum).length,
    newestObject: (vnum, wanted = () => true) => siblings("object", vnum).findLast(wanted),
    remove,
    all: () => [...byKey.values()].map(({ instance }) => instance),
  };
}
