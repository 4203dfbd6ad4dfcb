import { createMachine } from "xstate";
import { stepsOf } from "./chart-steps.ts";

export type PartitionState = "unowned" | "acquiring" | "fencing" | "active" | "draining" | "lost";

/**
 * The life of a partition in one host. `acquiring`: asks for the lease; `fencing`: has it, shuts out former owners and begins to serve it; `lost`:
 * it is another's, or may be, and what is left of it here is thrown away.
 */
export const partitionLife = createMachine({
  id: "partition",
  initial: "unowned",
  states: {
    unowned: { on: { CLAIM: "acquiring" } },
    acquiring: { on: { WON: "fencing", FAILED: "unowned", LOSE: "lost" } },
    fencing: { on: { SERVED: "active", FAILED: "unowned", LOSE: "lost" } },
    active: { on: { GIVE: "draining", LOSE: "lost" } },
    draining: { on: { GIVEN: "unowned", LOSE: "lost" } },
    lost: { on: { FORGOTTEN: "unowned" } },
  },
});

export type PartitionEvent = "CLAIM" | "WON" | "FAILED" | "SERVED" | "GIVE" | "GIVEN" | "LOSE" | "FORGOTTEN";

export const nextPartitionState = stepsOf<PartitionState, PartitionEvent>(partitionLife);
