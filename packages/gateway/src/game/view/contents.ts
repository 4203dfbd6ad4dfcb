/** Which ids are in which places, each in one place at most, in the order in which they came. */
export type Contents = {
  of(path: string): readonly string[];
  /** Null takes the id out of wherever it is. */
  move(id: string, from: string | null, to: string | null): void;
};

export function createContents(): Contents {
  const places = new Map<string, Set<string>>();
  return {
    of: (path) => [...(places.get(path) ?? [])],
    move(id, from, to) {
      if (from !== null) {
        const left = places.get(from);
        left?.delete(id);
        if (left?.size === 0) places.delete(from);
      }
      if (to === null) return;
      const entered = places.get(to);
      if (entered === undefined) places.set(to, new Set([id]));
      else entered.add(id);
    },
  };
}
