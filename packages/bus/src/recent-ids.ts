/** The newest ids that were added, up to a number. */
export type RecentIds<Id> = { has(id: Id): boolean; add(id: Id): void };

export function createRecentIds<Id>(most: number): RecentIds<Id> {
  const ids = new Set<Id>();
  // Asking a set for its oldest element passes over everything deleted before it, so the order is kept apart.
  const ring: Id[] = [];
  let next = 0;
  return {
    has: (id) => ids.has(id),
    add(id) {
      const oldest = ring[next];
      if (oldest !== undefined) ids.delete(oldest);
      ids.add(id);
      ring[next] = id;
      next = (next + 1) % most;
    },
  };
}
