import { setTimeout as delay } from "node:timers/promises";
import { ProjectionError, WrongStateError } from "../errors.ts";
import type { PutAside } from "../registry/put-aside.ts";

/** What became of the parked events of one aggregate. */
export type Retried = {
  readonly stream: string;
  /** How many were applied: all of them, or none. */
  readonly events: number;
  readonly error: Error | null;
};

/** What a retry does to the copies of one projection. */
export type RetryParts = {
  readonly projection: string;
  /** Parked events of a copy. */
  readonly parked: (schema: string) => Promise<readonly PutAside[]>;
  /** Makes a fresh copy beside the active one, and waits until it is level. Gives the copy whatever comes of it. */
  readonly make: () => Promise<string>;
  readonly untilLevel: (schema: string) => Promise<void>;
  /** Lets the views show it. Rejects with `projection_state` where it is behind at the moment. */
  readonly switchTo: (schema: string) => Promise<void>;
  readonly drop: (schema: string) => Promise<void>;
};

const switchTries = 100;
const againMs = 50;

/**
 * Tries the parked events of the active copy again, by a fresh copy that is made from the log's beginning and takes its place: among rows that
 * later events of other aggregates have written, the events of one aggregate cannot be brought in afterwards. Where no aggregate has got
 * further, everything stays as it was. Rejects with `projection_state` where the fresh copy cannot be made; it is dropped then.
 */
export async function retryParked(parts: RetryParts, active: string, only: string | undefined): Promise<readonly Retried[]> {
  const { parked, make, untilLevel, drop } = parts;
  const before = byStream(await parked(active));
  if (before.size === 0 || (only !== undefined && !before.has(only))) return [];
  const fresh = await make();
  let after: ReadonlyMap<string, readonly PutAside[]>;
  try {
    await untilLevel(fresh);
    after = byStream(await parked(fresh));
    if ([...before.keys()].every((stream) => after.has(stream))) await drop(fresh);
    else await switchWhenLevel(parts, fresh);
  } catch (error) {
    // Who has made it may have lost the database, or be about to end: then it is in the list.
    await drop(fresh).catch(() => undefined);
    throw error;
  }
  const retried: Retried[] = [];
  for (const stream of new Set([...before.keys(), ...after.keys()])) {
    const [failed] = after.get(stream) ?? [];
    const error = failed === undefined ? null : failureOf(parts.projection, failed);
    retried.push({ stream, events: error === null ? (before.get(stream)?.length ?? 0) : 0, error });
  }
  return retried.filter(({ stream }) => only === undefined || stream === only);
}

function byStream(events: readonly PutAside[]): ReadonlyMap<string, readonly PutAside[]> {
  return Map.groupBy(events, ({ stream }) => stream);
}

function failureOf(projection: string, { reason, position, type: event, stream }: PutAside): ProjectionError {
  return new ProjectionError("projection_failed", reason, { projection, position, event, stream });
}

/** In a busy world a copy that is level is a few events behind the active one as often as before it. */
async function switchWhenLevel({ switchTo }: RetryParts, schema: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await switchTo(schema);
    } catch (error) {
      if (!(error instanceof WrongStateError) || attempt === switchTries) throw error;
    }
    await delay(againMs);
  }
}
