import type { ConnectionEnd } from "../connection.ts";
import type { ConnectionLimits } from "./limits.ts";
import type { Wire } from "./wire.ts";

/** Looks after whether the other side is still there and still reads. */
export type Liveness = {
  /** Something came. */
  heard(): void;
  /** Asks where it was silent for long; gives why the connection is to end, where it is. To be called again and again. */
  check(): ConnectionEnd | undefined;
};

export type LivenessOptions = {
  readonly wire: Pick<Wire, "backlog" | "flushed" | "probe" | "mustAnswerProbes">;
  readonly limits: Pick<ConnectionLimits, "idleMs" | "answerMs" | "stallMs">;
  readonly now: () => number;
};

export function createLiveness({ wire, limits, now }: LivenessOptions): Liveness {
  let heardAt = now();
  /** The last probe that nothing came after. */
  let probedAt: number | undefined;
  let flushed = 0;
  let movedAt = heardAt;

  const isStalled = (): boolean => {
    const left = wire.flushed();
    if (wire.backlog() === 0 || left > flushed) movedAt = now();
    flushed = left;
    return now() - movedAt >= limits.stallMs;
  };

  const verdict = (at: number): ConnectionEnd | undefined => {
    // Whoever has typed in the meantime is there, and does not read.
    if (isStalled()) return at - heardAt < limits.stallMs / 2 ? "too_slow" : "lost";
    return probedAt !== undefined && at - probedAt >= limits.answerMs && wire.mustAnswerProbes() ? "lost" : undefined;
  };
  const probe = (at: number): void => {
    if (probedAt !== undefined && at - probedAt < limits.answerMs) return;
    if (at - Math.max(heardAt, probedAt ?? 0) < limits.idleMs) return;
    probedAt = at;
    wire.probe();
  };
  let wasDue = false;

  return {
    heard() {
      heardAt = now();
      probedAt = undefined;
    },
    check() {
      const at = now();
      const why = verdict(at);
      // Only the second time in a row: where this process itself stood still, what came meanwhile is read between the two.
      const isDue = why !== undefined;
      const isEnd = isDue && wasDue;
      wasDue = isDue;
      if (!isDue) probe(at);
      return isEnd ? why : undefined;
    },
  };
}
