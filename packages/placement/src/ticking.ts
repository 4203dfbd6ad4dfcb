import type { Clock } from "./clock.ts";
import type { Settings } from "./options.ts";

export type TickingParts = {
  readonly clock: Clock;
  readonly settings: Pick<Settings, "tickMs" | "stallMs">;
  /** While not, nothing is looked at. */
  readonly runs: () => boolean;
  readonly look: (now: number) => void;
  /** Told before the next look if this process did not run for a while. */
  readonly onStall: (now: number, lateMs: number) => void;
};

/** Looks at everything every `tickMs`, and soon after something is different. */
export type Ticking = {
  start(): void;
  /** Looks soon. */
  poke(): void;
  /** For who cannot wait for the next look: tells of a stall now, if there was one. */
  catchUp(now: number): void;
  stop(): void;
};

export function createTicking({ clock, settings, runs, look, onStall }: TickingParts): Ticking {
  let looked = 0;
  let poked = false;
  let cancel: (() => void) | undefined;

  const lateMs = (now: number): number => now - looked - settings.tickMs;

  function noticeStall(now: number): void {
    const late = lateMs(now);
    looked = now;
    if (late > settings.stallMs) onStall(now, late);
  }

  function tick(): void {
    cancel?.();
    poked = false;
    if (!runs()) return;
    const now = clock.monotonic();
    noticeStall(now);
    look(now);
    cancel = clock.after(settings.tickMs, tick);
  }

  function poke(): void {
    if (poked || !runs()) return;
    poked = true;
    cancel?.();
    cancel = clock.after(0, tick);
  }

  return {
    start() {
      looked = clock.monotonic();
      poke();
    },
    poke,
    catchUp(now) {
      if (lateMs(now) <= settings.stallMs) return;
      noticeStall(now);
      poke();
    },
    stop: () => cancel?.(),
  };
}
