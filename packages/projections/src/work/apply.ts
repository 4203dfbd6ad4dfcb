import { pathOf, type RecordedEvent } from "@aethyr/kernel";
import { HandlerFailedError } from "../errors.ts";
import { faultOf } from "../fault.ts";
import type { Log } from "../log.ts";
import type { Lease } from "../registry/copies.ts";
import { hasTables } from "../registry/shape.ts";
import { commitBatches, handlerFailed, passEvent, type Bound, type Prepared } from "./commit.ts";
import type { Together } from "./together.ts";

/**
 * What becomes of an event whose handler fails: `pause` stops the projection there; `park` puts the event aside, and later ones of its
 * aggregate with it, and goes on with the others; `skip` leaves this event out, with the error as the reason.
 */
export type FailurePolicy = "pause" | "park" | "skip";

export type Applying = {
  readonly bound: Bound;
  readonly lease: Lease;
  readonly leaseMs: number;
  /** Where other copies' batches may come along; undefined for a copy that is to go at its own pace. */
  readonly together: Together | undefined;
  readonly onFailure: FailurePolicy;
  readonly log: Log;
  /** Told after each transaction. */
  readonly onCommitted: (position: number, events: number) => void;
};

/**
 * Applies events after a position, in as few transactions as their handlers allow. Rejects with `HandlerFailedError` where the projection has
 * to pause: everything before that event is applied then. Other errors are the database's or `LeaseLostError`. `prepared`: of all the events.
 */
export async function applyAll(applying: Applying, after: number, events: readonly RecordedEvent[], prepared?: Prepared): Promise<void> {
  const { bound, lease, leaseMs, together, onFailure, log, onCommitted } = applying;
  let position = after;
  let rest = events;
  /** How many of the rest are written one by one: the database refused something of them, and does not say what. */
  let singly = 0;

  async function commit(part: readonly RecordedEvent[]): Promise<void> {
    const whole = part === events ? prepared : undefined;
    const batch = { bound, lease, from: position, events: part, prepared: whole };
    // A handler that waits for the database may take its time: that is no other projection's.
    if (together !== undefined && whole?.isDone()) await together.commit(batch);
    else await commitBatches(bound.database, [batch], leaseMs);
    passed(part);
  }
  function passed(part: readonly RecordedEvent[]): void {
    position = part.at(-1)?.position ?? position;
    rest = rest.slice(part.length);
    singly = Math.max(0, singly - part.length);
    onCommitted(position, part.length);
  }
  async function failed(event: RecordedEvent, error: HandlerFailedError): Promise<void> {
    if (onFailure === "pause") throw error;
    const kind = onFailure === "park" ? "parked" : "skipped";
    await passEvent(bound, lease, position, event, kind, error.message, leaseMs);
    log.error(
      { err: error, projection: bound.projection.name, position: event.position, stream: pathOf(event.stream) },
      `the event was ${kind}`,
    );
    passed([event]);
  }

  while (rest.length > 0) {
    const part = singly > 0 ? rest.slice(0, 1) : rest;
    try {
      await commit(part);
    } catch (error) {
      const failure = await failureOf(applying, error, part);
      if (failure === "one by one") {
        singly = part.length;
        continue;
      }
      const index = part.findIndex((event) => event.position === failure.details["position"]);
      // What comes before it is good, and is written without it.
      if (index > 0)
        await applyAll({ ...applying, onCommitted: () => undefined }, position, part.slice(0, index)).then(() =>
          passed(part.slice(0, index)),
        );
      await failed(rest[0]!, failure);
    }
  }
}

/** The event's failure that an error means, or that the event is to be found; any other error is thrown again. */
async function failureOf(
  { bound, lease }: Applying,
  error: unknown,
  part: readonly RecordedEvent[],
): Promise<HandlerFailedError | "one by one"> {
  const cause = error instanceof HandlerFailedError ? error.cause : error;
  const fault = faultOf(cause);
  if (fault === undefined && error === cause) throw error;
  // A table that is missing may be one of ours: then the copy has to be made anew, and no event is to blame.
  if (fault === "gone" && !(await hasTables(bound.database.kysely, lease.schema, bound.projection))) throw cause;
  if (error instanceof HandlerFailedError) return error;
  if (fault === "unavailable") throw error;
  const [only] = part;
  return part.length === 1 && only !== undefined ? handlerFailed(bound.projection, only, error) : "one by one";
}
