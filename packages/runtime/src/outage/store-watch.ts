import type { Answers, EventStore } from "@aethyr/event-store";
import type { Ports } from "../ports.ts";

/** So often it is looked, in the time after which a store counts as stalled. */
const looks = 6;
/** A process that has had so much of its time to listen would have heard something. */
const enoughListening = 0.5;
const rounding = 1e-6;

export type StoreWatch = {
  /** The store, watched. */
  readonly store: EventStore;
  /** Its answers, watched as its appends are. */
  answers(answers: Answers): Answers;
  /** It has been asked, and has answered nothing for long. */
  stalled(): boolean;
  close(): void;
};

type Calls = {
  readonly open: Set<object>;
  /**
   * Looks at which somebody waited and nobody had been answered since the look before. While the process was busy itself they count for less,
   * as its own work is what an answer waits for.
   */
  missed: number;
  /** Somebody was, while others waited. */
  answered: boolean;
};

/**
 * Watches whether a store answers, appends and reads by themselves: reads may go well where nothing can be written. A failure is no answer, it
 * only ends the waiting for it. `onStalled` is called while it is stalled, several times within `stallMs`. `idleMs` and `monotonic` are those of
 * the ports.
 */
export function watchStore(
  store: EventStore,
  stallMs: number,
  onStalled: () => void,
  { idleMs, monotonic }: Pick<Ports, "idleMs" | "monotonic">,
): StoreWatch {
  let [idleBefore, before] = [idleMs(), monotonic()];
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

  const stalled = (): boolean => Math.max(appends.missed, reads.missed) >= looks - rounding;

  /** What a look counts: how much of the time since the one before this process was there to hear an answer, at most 1. */
  function weight(): number {
    const [idle, now] = [idleMs(), monotonic()];
    const listened = now > before ? (idle - idleBefore) / (now - before) : 0;
    [idleBefore, before] = [idle, now];
    return Math.min(1, listened / enoughListening);
  }

  function lookOnce(): void {
    const look = weight();
    for (const calls of [appends, reads]) {
      calls.missed = calls.open.size > 0 && !calls.answered ? calls.missed + look : 0;
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
    answers: ({ record }) => ({ record: watched(appends, record) }),
    stalled,
    close: () => clearInterval(timer),
  };
}
