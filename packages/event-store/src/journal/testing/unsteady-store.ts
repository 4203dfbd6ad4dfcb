import { OutcomeUnknownError, HistoryLostError, UnavailableError } from "../../errors.ts";
import type { EventStore } from "../../event-store.ts";

/** A log that comes and goes as a test wants it to. `close` leaves it open, for whoever comes next. */
export type UnsteadyStore = EventStore & {
  /** `there`; `away`: every call is `unavailable`; `silent`: no call is made or answered until it is something else. */
  mode: "there" | "away" | "silent" | "put back";
  /** Of the next appends, one after another, what is made of them: nothing, everything without anybody being told. */
  readonly losing: ("before" | "after")[];
  /** Appends that reached it. */
  appends(): number;
};

export function createUnsteadyStore(inner: EventStore): UnsteadyStore {
  let appends = 0;
  let mode: UnsteadyStore["mode"] = "there";
  let changed = Promise.withResolvers<void>();

  async function reached(): Promise<void> {
    while (mode === "silent") await changed.promise;
    if (mode === "away") throw new UnavailableError("away");
    if (mode === "put back") throw new HistoryLostError("put back", "Begin anew.");
  }
  const through = <A extends readonly unknown[], R>(call: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      await reached();
      return call(...args);
    };
  };

  return {
    get mode() {
      return mode;
    },
    set mode(next) {
      mode = next;
      changed.resolve();
      changed = Promise.withResolvers();
    },
    losing: [],
    appends: () => appends,
    async append(commits) {
      await reached();
      appends += 1;
      const loses = this.losing.shift();
      if (loses === "before") throw new OutcomeUnknownError("lost on its way there");
      const results = await inner.append(commits);
      if (loses === "after") throw new OutcomeUnknownError("lost on its way back");
      return results;
    },
    readStream: through(inner.readStream),
    readAll: through(inner.readAll),
    head: through(inner.head),
    heads: through(inner.heads),
    listStreams: through(inner.listStreams),
    outcomes: through(inner.outcomes),
    loadSnapshot: through(inner.loadSnapshot),
    saveSnapshot: through(inner.saveSnapshot),
    statistics: through(inner.statistics),
    close: async () => undefined,
  };
}
