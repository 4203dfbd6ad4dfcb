import type { StoredEvent } from "@aethyr/event-store";
import { ForeignLogError } from "../errors.ts";
import type { Copy } from "../registry/copies.ts";
import type { SharedLog } from "./shared-log.ts";

/** No log is put back in less time: whoever has just been given the last event needs no proof that it is still there. */
const trustMs = 1_000;

/** Holds a checkpoint against its log: of a log that was put back, or is another one, nothing must be applied to its rows. */
export type Proof = {
  /** Throws `ForeignLogError` where the log does not have the event at the checkpoint. Asks only where some time has passed. */
  check(): Promise<void>;
  /** The checkpoint has moved to this event. */
  passed(event: StoredEvent | undefined): void;
};

export function createProof(
  log: Pick<SharedLog, "eventAt" | "head" | "forget">,
  { schema, ...copy }: Pick<Copy, "schema" | "position" | "eventId" | "eventTime">,
  nowMs: () => number,
): Proof {
  let { position, eventId: id, eventTime: time } = copy;
  let provenAt = Number.NEGATIVE_INFINITY;

  function isIt(event: StoredEvent): boolean {
    return (id === null || id === event.id) && (time === null || Date.parse(time) === Date.parse(event.time));
  }
  return {
    async check() {
      if (position === 0 || nowMs() - provenAt < trustMs) return;
      const event = await log.eventAt(position);
      if (event === undefined || !isIt(event)) {
        await log.forget();
        const head = await log.head();
        const what = position > head ? `the log ends at ${head}` : `the log has another event there than the one that it was made from`;
        throw new ForeignLogError(
          `${schema} is at position ${position}, and ${what}: rebuild it, or put the right log back and resume it`,
          {
            schema,
            position,
            head,
          },
        );
      }
      provenAt = nowMs();
    },
    passed(event) {
      if (event === undefined) return;
      ({ position, id, time } = event);
      provenAt = nowMs();
    },
  };
}
