import type { EventStore } from "@aethyr/event-store";
import { pathOf, type Domain, type Json, type RecordedEvent } from "@aethyr/kernel";

/** Of the game: what a world holds, told from its events. Each is added once, in the log's order, its data in the current shape. */
export type CensusTaker<C> = { add(event: { readonly path: string; readonly type: string; readonly data: Json }): void; read(): C };

/** `head`: position of the last event counted; `events`: how many were. */
export type Counts<C> = { readonly census: C; readonly head: number; readonly events: number };

/**
 * Takes the census of a world by folding its log. It keeps what it has and where it is, so that the next call reads only what is new. Calls
 * that overlap share one reading.
 */
export function createWorldCounts<C>(store: EventStore, domain: Domain, census: CensusTaker<C>): { read(): Promise<Counts<C>> } {
  let position = 0;
  let events = 0;
  let reading: Promise<Counts<C>> | undefined;

  async function readOn(): Promise<Counts<C>> {
    for (let page = await store.readAll(position); page.length > 0; page = await store.readAll(position)) {
      for (const event of page) {
        census.add({ path: pathOf(event.stream), type: event.type, data: currentData(domain, event) });
        position = event.position;
        events += 1;
      }
    }
    return { census: census.read(), head: position, events };
  }

  return {
    read: () =>
      (reading ??= readOn().finally(() => {
        reading = undefined;
      })),
  };
}

/** The data in its current shape; where no upcast leads there the stream's own reader complains, the count takes what it finds. */
function currentData(domain: Domain, { stream, type, schema, data }: RecordedEvent): Json {
  const kind = domain.aggregates.get(stream.type)?.events.get(type);
  return kind === undefined || kind.version === schema ? data : (kind.upcasters(schema)?.(data) ?? data);
}
