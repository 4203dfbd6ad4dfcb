/** The newest ids that were added, up to a number. */
export type RecentIds = { has(id: string): boolean; add(id: string): void };

export function createRecentIds(most: number): RecentIds {
  const ids = new Set<string>();
  // Asking a set for its oldest element passes over everything deleted before it, so the order is kept apart.
  const ring: string[] = [];
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
