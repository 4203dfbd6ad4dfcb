import { Counter, Gauge, type Registry } from "prom-client";
import { inTime } from "@aethyr/async";
import type { CopyStatus, ProjectionStatus } from "./status.ts";

/** What projections count; names and help are what operators see on `/metrics`. */
export type ProjectionMetrics = { readonly applied: (projection: string, events: number) => void };

/** Whoever reads metrics gives up after some seconds, and then has none of the whole process. */
const longestMs = 2_000;

/**
 * Puts the metrics of projections into a registry; the gauges ask for the status when they are read. A database that does not answer within
 * `boundMs` is told by `database_up`; the other gauges stay where they were.
 */
export function createMetrics(
  registry: Registry,
  status: () => Promise<readonly ProjectionStatus[]>,
  boundMs = longestMs,
): ProjectionMetrics {
  const registers = [registry];
  const labelNames = ["projection"] as const;
  const applied = new Counter({
    name: "aethyr_projection_events_total",
    help: "Events applied to read models by this process",
    labelNames,
    registers,
  });
  // All are read at once: one answer is for all.
  let asking: Promise<readonly ProjectionStatus[] | undefined> | undefined;
  const answered = (): Promise<readonly ProjectionStatus[] | undefined> =>
    // However often the metrics are read, the database is asked once at a time.
    (asking ??= status()
      .catch(() => undefined)
      .finally(() => (asking = undefined)));
  const ask = (): Promise<readonly ProjectionStatus[] | undefined> => inTime(answered(), boundMs);
  const gauge = (name: string, help: string, valueOf: (copy: CopyStatus) => number): void => {
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      async collect() {
        for (const { projection, copies } of (await ask()) ?? []) {
          const active = copies.find((copy) => copy.active);
          if (active !== undefined) this.set({ projection }, valueOf(active));
        }
      },
    });
  };
  gauge("aethyr_projection_lag_events", "Events of the log that the active read model has not passed", (copy) => copy.lagEvents);
  gauge(
    "aethyr_projection_lag_seconds",
    "Age of the newest event that the active read model has passed, 0 where it has passed all",
    (copy) => copy.lagSeconds,
  );
  gauge("aethyr_projection_position", "Position of the log up to which the active read model is", (copy) => copy.position);
  gauge("aethyr_projection_paused", "1 where the active read model is paused at an event", (copy) => (copy.failure === null ? 0 : 1));
  gauge("aethyr_projection_parked_events", "Events of the active read model that wait to be tried again", (copy) => copy.putAside);
  new Gauge({
    name: "aethyr_projection_database_up",
    help: "1 where the database of the read models answers",
    registers,
    async collect() {
      this.set((await ask()) === undefined ? 0 : 1);
    },
  });
  return { applied: (projection, events) => applied.inc({ projection }, events) };
}
