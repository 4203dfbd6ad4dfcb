import type { Watch } from "../board.ts";
import { BoardClosedError } from "../errors.ts";
import type { Slot } from "../leases/slot.ts";
import type { Transitions } from "../leases/transitions.ts";
import type { Parts } from "./parts.ts";
import type { Tasks } from "./tasks.ts";

export type LeavingParts = Pick<Parts, "board" | "clock" | "settings" | "log" | "host" | "incarnation" | "poke"> & {
  readonly slots: readonly Slot[];
  readonly transitions: Pick<Transitions, "lose">;
  readonly tasks: Pick<Tasks, "ended">;
  /** From now on what nobody takes is given up, too. */
  readonly onLeaving: () => void;
  /** From now on nothing begins any more. */
  readonly onEnd: () => void;
  readonly onLeft: () => void;
};

/** The end of a host. */
export type Leaving = {
  /** Tells who waits for it if nothing is left. */
  look(): void;
  /** Resolves when this host has no partition any more. */
  nothingLeft(): Promise<void>;
  /** Gives everything away, gives up what nobody takes, and leaves the board, within `closeMs` and what the last calls take. */
  leave(watch: Watch | undefined): Promise<void>;
  /** Does something of which nobody minds the failure, and logs that. */
  quietly(what: string, work: Promise<void>): Promise<void>;
};

export function createLeaving(parts: LeavingParts): Leaving {
  const { board, clock, settings, log, host, incarnation, poke, slots, transitions, tasks } = parts;
  const waiting: (() => void)[] = [];

  const hasNothing = (): boolean => slots.every(({ state, task }) => state === "unowned" && task === undefined);
  const tell = (): void => {
    for (const done of waiting.splice(0)) done();
  };
  const nothingLeft = (): Promise<void> =>
    hasNothing()
      ? Promise.resolve()
      : new Promise((resolve) => {
          waiting.push(resolve);
          poke();
        });

  async function quietly(what: string, work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      // A board that was closed first has ended its watches.
      if (!(error instanceof BoardClosedError)) log.warn({ err: error, host }, `could not ${what}`);
    }
  }

  return {
    look() {
      if (hasNothing()) tell();
    },
    nothingLeft,
    async leave(watch) {
      parts.onLeaving();
      const late = Promise.withResolvers<void>();
      const cancel = clock.after(settings.closeMs, () => late.resolve());
      await Promise.race([nothingLeft(), late.promise]);
      cancel();
      // What is under way ends.
      parts.onEnd();
      for (const slot of slots) transitions.lose(slot, "closing");
      await tasks.ended();
      parts.onLeft();
      tell();
      await quietly("take this host off the board", board.members.withdraw(host, incarnation));
      await quietly("end the watch", watch?.close() ?? Promise.resolve());
    },
    quietly,
  };
}
