import type { Copy } from "./registry/copies.ts";

/** A copy of a projection, as an operator sees it. */
export type CopyStatus = Omit<Copy, "epoch" | "held" | "eventId" | "levelAt"> & {
  readonly active: boolean;
  /** Events of the log that it has not passed. */
  readonly lagEvents: number;
  /** Age of the newest event that it has passed, in seconds; 0 where it has passed all. */
  readonly lagSeconds: number;
  /** Events per second over the last seconds; undefined where it is worked on elsewhere, or not at all. */
  readonly eventsPerSecond: number | undefined;
  /** Seconds until it is level at this rate; undefined where that is not known. */
  readonly etaSeconds: number | undefined;
};

export type ProjectionStatus = {
  readonly projection: string;
  /** The version that this program has; undefined where it does not know the projection. */
  readonly version: number | undefined;
  /** Schema that the views show; undefined before the first copy is made. */
  readonly active: string | undefined;
  /** Why it does not go on here; undefined while it does. What a copy is paused at is the copy's `failure`. */
  readonly problem: { readonly code: string; readonly message: string } | undefined;
  readonly copies: readonly CopyStatus[];
};

type Measured = { readonly events: number; readonly nowMs: number; readonly perSecond: number | undefined };

export function copyStatus(
  { epoch: _, held: __, eventId: ___, levelAt: ____, ...copy }: Copy,
  active: boolean,
  { events, nowMs, perSecond }: Measured,
): CopyStatus {
  // The world as it was is behind nothing.
  const lagEvents = copy.until === null ? Math.max(0, events - copy.events) : 0;
  const age = copy.eventTime === null ? 0 : Math.max(0, (nowMs - Date.parse(copy.eventTime)) / 1000);
  return {
    ...copy,
    active,
    lagEvents,
    lagSeconds: lagEvents === 0 ? 0 : age,
    eventsPerSecond: perSecond,
    etaSeconds: perSecond === undefined || perSecond === 0 ? undefined : lagEvents / perSecond,
  };
}
