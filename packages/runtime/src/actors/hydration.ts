import { AethyrError, createInstance } from "@aethyr/kernel";
import type { EventStore } from "@aethyr/event-store";
import { step, type Hosted } from "./hosted.ts";
import { catchUp, hydrateFrom } from "./load-aggregate.ts";
import type { Metrics } from "../metrics.ts";
import type { Log, Ports } from "../ports.ts";

type Parts = {
  readonly store: EventStore;
  readonly ports: Ports;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly inFlight: number;
  readonly settled: (hosted: Hosted, error?: unknown) => void;
};

/** Brings aggregates into memory, many at once, and up to date again after others wrote them. */
export type Hydration = {
  /** Loads it; `settled` is told when it is ready, or failed. */
  load(hosted: Hosted): void;
  /** Reads the tail that it lacks; the same. */
  refresh(hosted: Hosted): void;
  /** Throws away what is in memory, and loads it; the same. */
  reload(hosted: Hosted): void;
};

export function createHydration({ store, ports, log, metrics, inFlight, settled }: Parts): Hydration {
  let asked: Hosted[] = [];
  /** With the version at which the stream stands, where that was asked. */
  const queue: { readonly hosted: Hosted; readonly headVersion: number }[] = [];
  let running = 0;
  let toldAway = false;

  /** One question for all that were asked for in this turn: most of a new world does not exist yet, and needs no more reading. */
  async function look(these: readonly Hosted[]): Promise<void> {
    let heads;
    try {
      heads = await store.heads(these.map(({ ref }) => ref));
    } catch (error) {
      for (const hosted of these) failed(hosted, error);
      return;
    }
    for (const [index, hosted] of these.entries()) {
      const headVersion = heads[index]!.version;
      if (headVersion > 0) {
        queue.push({ hosted, headVersion });
        continue;
      }
      hosted.instance = createInstance(hosted.kind, hosted.ref);
      hosted.readVersion = 0;
      hosted.snapshotVersion = 0;
      ready(hosted);
    }
    next();
  }

  function next(): void {
    while (running < inFlight && queue.length > 0) {
      const { hosted, headVersion } = queue.shift()!;
      running += 1;
      void read(hosted, headVersion).finally(() => {
        running -= 1;
        next();
      });
    }
  }

  async function read(hosted: Hosted, headVersion: number): Promise<void> {
    const startedMs = ports.monotonic();
    try {
      if (hosted.instance === undefined) {
        const { instance, replayed, snapshotVersion } = await hydrateFrom(store, hosted.kind, hosted.ref, log, headVersion);
        hosted.instance = instance;
        hosted.readVersion = instance.version;
        hosted.snapshotVersion = snapshotVersion;
        metrics.hydrated(hosted.ref.type, (ports.monotonic() - startedMs) / 1000, replayed, snapshotVersion > 0);
      } else if ((await catchUp(store, hosted.instance)) > 0) {
        hosted.readVersion = hosted.instance.version;
      }
    } catch (error) {
      failed(hosted, error);
      return;
    }
    ready(hosted);
  }

  function ready(hosted: Hosted): void {
    // It was being read while a part of it was put aside.
    if (hosted.discarded) return loadAnew(hosted);
    toldAway = false;
    step(hosted, "HYDRATED");
    settled(hosted);
  }

  function failed(hosted: Hosted, error: unknown): void {
    hosted.instance = undefined;
    hosted.discarded = false;
    step(hosted, "FAILED");
    const isAway = error instanceof AethyrError && error.code === "unavailable";
    // A store that is away fails for every one of them: once is enough until it is back.
    if (!isAway || !toldAway) log.error({ aggregate: hosted.path, err: error }, "the aggregate cannot be loaded");
    toldAway ||= isAway;
    settled(hosted, error);
  }

  function ask(hosted: Hosted): void {
    asked.push(hosted);
    if (asked.length > 1) return;
    queueMicrotask(() => {
      const these = asked;
      asked = [];
      void look(these);
    });
  }

  function loadAnew(hosted: Hosted): void {
    hosted.discarded = false;
    hosted.instance = undefined;
    ask(hosted);
  }

  return {
    load(hosted) {
      step(hosted, "HYDRATE");
      ask(hosted);
    },
    reload(hosted) {
      step(hosted, "REFRESH");
      loadAnew(hosted);
    },
    refresh(hosted) {
      // Once: what was said need not be true.
      hosted.toldVersion = 0;
      step(hosted, "REFRESH");
      queue.push({ hosted, headVersion: hosted.readVersion });
      next();
    },
  };
}
