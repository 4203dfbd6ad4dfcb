import { boardContract } from "../contract/index.ts";
import { createVirtualClock } from "../testing/virtual-clock.ts";
import { createMemoryBoard } from "./memory-board.ts";

/** In virtual time: a condition that never comes true fails after this many steps. */
const [steps, stepMs] = [200, 250];

boardContract({
  name: "memory",
  open: async () => {
    const clock = createVirtualClock();
    const board = createMemoryBoard({ clock });
    return {
      connect: async () => board.connect(),
      until: async (condition) => {
        for (let step = 0; step < steps; step += 1) {
          try {
            await condition();
            return;
          } catch {
            // Not yet.
            await clock.advance(stepMs);
          }
        }
        await condition();
      },
      close: async () => undefined,
    };
  },
});
