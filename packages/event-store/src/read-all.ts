import type { Ref } from "@aethyr/kernel";
import type { EventStore, ReadStream, StoredEvent } from "./event-store.ts";
import { limits } from "./limits.ts";

/** Every event of a stream that `options` ask for, page by page; `limit` is the size of a page. */
export async function* readStreamAll(
  store: EventStore,
  stream: Ref,
  options: ReadStream & { readonly signal?: AbortSignal } = {},
): AsyncGenerator<StoredEvent, void> {
  const { signal, limit = limits.page, ...range } = options;
  const backward = range.direction === "backward";
  let from = range.from;
  for (;;) {
    signal?.throwIfAborted();
    const page = await store.readStream(stream, { ...range, ...(from === undefined ? {} : { from }), limit });
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < limit || (backward && last.version === 1)) return;
    from = last.version + (backward ? -1 : 1);
  }
}

/** Every event of the log after a position, in global order, up to the end that it has when it is reached. */
export async function* readLog(
  store: EventStore,
  after = 0,
  options: { readonly limit?: number; readonly signal?: AbortSignal } = {},
): AsyncGenerator<StoredEvent, void> {
  const { signal, limit = limits.page } = options;
  let position = after;
  for (;;) {
    signal?.throwIfAborted();
    const page = await store.readAll(position, limit);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < limit) return;
    position = last.position;
  }
}
