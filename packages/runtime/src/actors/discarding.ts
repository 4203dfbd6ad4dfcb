import type { Ref } from "@aethyr/kernel";
import { stay } from "./hosted.ts";
import type { Hydration } from "./hydration.ts";
import type { Table } from "./table.ts";

/**
 * Throws away what actors hold that builds on commits which did not come to be, at once: nothing more is decided on it, and what is being
 * decided, read or written with it is done again.
 */
export function createDiscarding(table: Table, hydration: Hydration): (refs: readonly Ref[]) => number {
  return (refs) => {
    let discarded = 0;
    for (const ref of refs) {
      const hosted = table.find(ref);
      if (hosted === undefined || hosted.state === "passive" || hosted.state === "failed") continue;
      discarded += 1;
      hosted.discards += 1;
      if (hosted.state === "passivating") stay(hosted);
      // Whoever has it in hand reads it anew when that is done.
      if (hosted.state === "ready") hydration.reload(hosted);
      else hosted.discarded = true;
    }
    return discarded;
  };
}
