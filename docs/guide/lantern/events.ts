import { events } from "@aethyr/kernel";
import { z } from "zod";

// These names and shapes are stored for ever: add, never rename; change a shape with `versioned`.
export const lanternEvents = events({
  LanternMade: z.object({ oil: z.int().min(0).max(100) }),
  LanternLit: z.object({ by: z.string() }),
  LanternPutOut: z.object({ oilLeft: z.int().min(0).max(100) }),
  LanternFilled: z.object({ oil: z.int().min(0).max(100) }),
  LanternBroken: z.object({}),
});
