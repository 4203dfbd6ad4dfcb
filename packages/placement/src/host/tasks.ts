import type { Log } from "../options.ts";

/** Work of a host that goes on by itself. */
export type Tasks = {
  /** Keeps it, and reports its failure. */
  own(work: Promise<void>): void;
  /** Resolves when none is left, of those either that others begin meanwhile. */
  ended(): Promise<void>;
};

export function createTasks(log: Pick<Log, "error">, host: string): Tasks {
  const working = new Set<Promise<void>>();
  return {
    own(work) {
      const kept: Promise<void> = work
        .catch((error: unknown) => log.error({ err: error, host }, "a task of placement failed"))
        .finally(() => working.delete(kept));
      working.add(kept);
    },
    async ended() {
      while (working.size > 0) await Promise.all(working);
    },
  };
}
