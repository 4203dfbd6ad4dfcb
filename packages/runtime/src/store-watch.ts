import type { EventStore } from "@aethyr/event-store";

/** So often it is looked, in the time after which a store counts as stalled: a process that was held up itself counts as one look. */
const looks = 6;

export type StoreWatch = {
  /** The store, watched. */
  readonly store: EventStore;
  /** It has been asked, and has answered nothing for long. */
  stalled(): boolean;
  close(): void;
};

type Calls = {
  readonly open: Set<object>;
  /** Looks at which somebody waited and nobody had been answered since the look before. */
  missed: number;
  /** Somebody was, while others waited. */
  answered: boolean;
};

/**
 * Watches whether a store answers, appends and reads by themselves: reads may go well where nothing can be written. A failure is no answer, it
 * only ends the waiting for it. `onStalled` is called while it is stalled, several times within `stallMs`.
 */
export function watchStore(store: EventStore, stallMs: number, onStalled: () => void): StoreWatch {
  const appends: Calls = { open: new Set(), missed: 0, answered: false };
  const reads: Calls = { open: new Set(), missed: 0, answered: false };

  const watched =
    <A extends readonly unknown[], R>(calls: Calls, call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const mine = {};
      calls.open.add(mine);
      let succeeded = false;
      try {
        const result = await call(...args);
        succeeded = true;
        return result;
      } finally {
        calls.open.delete(mine);
        if (succeeded) calls.answered = calls.open.size > 0;
        if (succeeded || calls.open.size === 0) calls.missed = 0;
      }
    };

  const stalled = (): boolean => appends.missed >= looks || reads.missed >= looks;

  function lookOnce(): void {
    for (const calls of [appends, reads]) {
      calls.missed = calls.open.size > 0 && !calls.answered ? calls.missed + 1 : 0;
      calls.answered = false;
    }
    if (stalled()) onStalled();
  }

  const timer = stallMs > 0 ? setInterval(lookOnce, stallMs / looks).unref() : undefined;
  return {
    store: {
      ...store,
      append: watched(appends, (commits) => store.append(commits)),
      readStream: watched(reads, (...args) => store.readStream(...args)),
      heads: watched(reads, (streams) => store.heads(streams)),
      outcomes: watched(reads, (ids) => store.outcomes(ids)),
    },
    stalled,
    close: () => clearInterval(timer),
  };
}
