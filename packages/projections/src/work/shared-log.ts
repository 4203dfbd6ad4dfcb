import type { EventStore, StoredEvent } from "@aethyr/event-store";

/** Pages that are kept. */
const pages = 4;

/**
 * A log for several readers that go through it at about the same pace: a page that one has read is read from memory by the others. Only full
 * pages are kept, as these do not change.
 */
export function shareLog(store: Pick<EventStore, "head" | "readAll">): Pick<EventStore, "head" | "readAll"> {
  const kept = new Map<string, Promise<readonly StoredEvent[]>>();
  return {
    head: () => store.head(),
    readAll(after, limit = 1000) {
      const name = `${after} ${limit}`;
      const known = kept.get(name);
      if (known !== undefined) return known;
      const page = store.readAll(after, limit);
      kept.set(name, page);
      const forget = (): void => void (kept.get(name) === page && kept.delete(name));
      page.then((events) => {
        if (events.length < limit) forget();
      }, forget);
      for (const oldest of kept.keys()) {
        if (kept.size <= pages) break;
        kept.delete(oldest);
      }
      return page;
    },
  };
}
