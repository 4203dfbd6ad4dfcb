import { ReadModelBehindError, type ReadModels } from "@aethyr/client";
import type { Projections } from "@aethyr/projections";

/** Lets clients of a world wait until a read model shows what they wrote. Besides, it rejects as `reached` does. */
export const caughtUpWith = (projections: Pick<Projections, "reached">): ReadModels => ({
  async caughtUp(name, position, { timeoutMs, signal }) {
    const patience = AbortSignal.timeout(timeoutMs);
    try {
      await projections.reached(name, position, { signal: signal === undefined ? patience : AbortSignal.any([signal, patience]) });
    } catch (error) {
      throw error === patience.reason ? new ReadModelBehindError(name, position, timeoutMs) : error;
    }
  },
});
