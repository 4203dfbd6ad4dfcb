/** A map that forgets what was used longest ago. */
export type BoundedMap<K, V> = {
  get(key: K): V | undefined;
  set(key: K, value: V): void;
  delete(key: K): void;
};

export function createBoundedMap<K, V>(size: number): BoundedMap<K, V> {
  const map = new Map<K, V>();
  return {
    get(key) {
      const value = map.get(key);
      if (value === undefined) return undefined;
      map.delete(key);
      map.set(key, value);
      return value;
    },
    set(key, value) {
      map.delete(key);
      map.set(key, value);
      if (map.size <= size) return;
      for (const oldest of map.keys()) {
        map.delete(oldest);
        break;
      }
    },
    delete: (key) => void map.delete(key),
  };
}
