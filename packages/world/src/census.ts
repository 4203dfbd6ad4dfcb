import type { Json } from "@aethyr/kernel";
import { z } from "zod";

/** How many things of which kind a world holds; deleted ones are not counted. */
export type Census = {
  readonly rooms: number;
  readonly exits: number;
  readonly players: number;
  /** By their `generic`. */
  readonly game_objects: Readonly<Record<string, number>>;
};

/** Counts by being told every event of the log once, in order: `path` is the aggregate's `type/id`, `data` is of the current shape. */
export type CensusTaker = { add(event: { readonly path: string; readonly type: string; readonly data: Json }): void; read(): Census };

const Thing = z.object({ generic: z.string() });
const Way = z.object({ direction: z.string() });

export function createCensus(): CensusTaker {
  const exitsOf = new Map<string, Set<string>>();
  const genericOf = new Map<string, string>();
  const players = new Set<string>();
  const objects = new Map<string, number>();
  let exits = 0;

  const count = (generic: string, by: number): void => {
    const reached = (objects.get(generic) ?? 0) + by;
    if (reached === 0) objects.delete(generic);
    else objects.set(generic, reached);
  };

  function remove(path: string): void {
    exits -= exitsOf.get(path)?.size ?? 0;
    exitsOf.delete(path);
    players.delete(path);
    const generic = genericOf.get(path);
    if (generic !== undefined) count(generic, -1);
    genericOf.delete(path);
  }

  const steps: Readonly<Record<string, (path: string, data: Json) => void>> = {
    RoomCreated: (path) => exitsOf.set(path, new Set()),
    RoomExitAdded(path, data) {
      const ways = exitsOf.get(path);
      const before = ways?.size ?? 0;
      exits += (ways?.add(Way.parse(data).direction).size ?? 0) - before;
    },
    RoomExitRemoved(path, data) {
      if (exitsOf.get(path)?.delete(Way.parse(data).direction) === true) exits -= 1;
    },
    PlayerCreated: (path) => players.add(path),
    GameObjectCreated(path, data) {
      const { generic } = Thing.parse(data);
      genericOf.set(path, generic);
      count(generic, 1);
    },
    GameObjectDeleted: remove,
  };

  return {
    add: ({ path, type, data }) => steps[type]?.(path, data),
    read: () => ({
      rooms: exitsOf.size,
      exits,
      players: players.size,
      game_objects: Object.fromEntries([...objects].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    }),
  };
}
