import type { EventStore } from "@aethyr/event-store";

type Method = Exclude<keyof EventStore, "close">;
/** What happens instead of a call; `go` makes the call itself. */
type Intervention<T = unknown> = (go: () => Promise<T>, args: readonly unknown[]) => T | Promise<T>;
type ResultOf<M extends Method> = Awaited<ReturnType<EventStore[M]>>;

/** A call that is held: `reached` resolves when it was made, and it goes on after `release`. */
export type Held = { readonly reached: Promise<void>; release(): void };

/** A store that a test can hold, fail and overtake, call by call. */
export type UnrulyStore = EventStore & {
  /** The next call of this method goes through `intervention`; several are used up in order. */
  once<M extends Method>(method: M, intervention: Intervention<ResultOf<M>>): void;
  /** Every call that no `once` is for does, until the returned function is called. */
  always<M extends Method>(method: M, intervention: Intervention<ResultOf<M>>): () => void;
  hold(method: Method): Held;
  /** Calls of a method so far. */
  calls(method: Method): number;
};

export function createUnrulyStore(inner: EventStore): UnrulyStore {
  const next = new Map<Method, Intervention[]>();
  const standing = new Map<Method, Intervention>();
  const counts = new Map<Method, number>();

  function through<M extends Method>(method: M): EventStore[M] {
    const call = inner[method] as (...args: unknown[]) => Promise<unknown>;
    return (async (...args: unknown[]) => {
      counts.set(method, (counts.get(method) ?? 0) + 1);
      const intervention = next.get(method)?.shift() ?? standing.get(method);
      return intervention === undefined ? call(...args) : intervention(() => call(...args), args);
    }) as unknown as EventStore[M];
  }

  const store: UnrulyStore = {
    append: through("append"),
    readStream: through("readStream"),
    readAll: through("readAll"),
    head: through("head"),
    heads: through("heads"),
    listStreams: through("listStreams"),
    outcomes: through("outcomes"),
    loadSnapshot: through("loadSnapshot"),
    saveSnapshot: through("saveSnapshot"),
    statistics: through("statistics"),
    close: () => inner.close(),
    once(method, intervention) {
      next.set(method, [...(next.get(method) ?? []), intervention as Intervention]);
    },
    always(method, intervention) {
      standing.set(method, intervention as Intervention);
      return () => standing.delete(method);
    },
    hold(method) {
      const reached = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      store.once(method, async (go) => {
        reached.resolve();
        await released.promise;
        return go() as never;
      });
      return { reached: reached.promise, release: () => released.resolve() };
    },
    calls: (method) => counts.get(method) ?? 0,
  };
  return store;
}
