/** Something that is let through later. */
export type Held = {
  /** Things of one key keep their order. */
  readonly key: string;
  /** Rounds of the event loop that it is kept. */
  readonly turns: number;
  /** Who waits behind it: everything, only its own key, or nobody (and it waits for nobody). */
  readonly holds: "all" | "key" | "nobody";
  readonly run: () => void;
};

export type HeldBack = { add(held: Held): void; clear(): void };

/** Holds things back for rounds of the event loop, never for times. */
export function createHeldBack(): HeldBack {
  let waiting: (Held & { left: number })[] = [];
  let timer: NodeJS.Immediate | undefined;

  const schedule = (): void => {
    if (timer === undefined && waiting.length > 0) timer = setImmediate(turn);
  };

  const turn = (): void => {
    timer = undefined;
    const kept: typeof waiting = [];
    const ready: typeof waiting = [];
    const heldKeys = new Set<string>();
    let allHeld = false;
    for (const the of waiting) {
      const blocked = the.holds !== "nobody" && (allHeld || heldKeys.has(the.key));
      if (!blocked && the.left === 0) {
        ready.push(the);
        continue;
      }
      kept.push(the);
      if (the.holds === "nobody") {
        the.left -= 1;
        continue;
      }
      if (!blocked) the.left -= 1;
      heldKeys.add(the.key);
      allHeld ||= the.holds === "all";
    }
    waiting = kept;
    schedule();
    // Each on a stack of its own, so that one that throws does not take the others with it.
    for (const the of ready) queueMicrotask(the.run);
  };

  return {
    add(held) {
      if (waiting.length === 0 && held.turns === 0) {
        held.run();
        return;
      }
      waiting.push({ ...held, left: held.turns });
      schedule();
    },
    clear() {
      waiting = [];
      if (timer !== undefined) clearImmediate(timer);
      timer = undefined;
    },
  };
}
