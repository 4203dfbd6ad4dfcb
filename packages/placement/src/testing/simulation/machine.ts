import type { Clock } from "../../clock.ts";
import type { Chance } from "./chance.ts";

/** A line between a machine and something that it calls. */
export type Link = { up: boolean; waiting: (() => void)[] };

/**
 * A simulated machine that a host runs on: it may sleep at any moment and go on later as if nothing had been, its clock goes a little wrong,
 * and what it calls may not be reached, be late, or answer in vain.
 */
export type Machine = {
  readonly clock: Clock;
  /** Runs now, or when the machine is awake again; never once it has crashed. */
  onMachine(run: () => void): void;
  sleep(ms: number): void;
  wake(): void;
  crash(): void;
  isUp(): boolean;
  /** A call over a line: what it does there may happen, or not, or after the caller was told that it is not known. */
  call<T>(link: Link, work: () => Promise<T>, unknown: () => Error): Promise<T>;
  /** A little while of the machine's own work. */
  work(mostMs: number): Promise<void>;
};

/** Whether machines sleep by themselves, and answers are late or get lost. */
export type Weather = { rough: boolean };

const callTimeoutMs = 2_000;

export function createMachine(base: Clock, chance: Chance, weather: Weather): Machine {
  const rate = chance.between(0.96, 1.04);
  const offset = chance.between(0, 1_000_000);
  const backlog: (() => void)[] = [];
  let asleepUntil = 0;
  let up = true;

  const isAwake = (): boolean => base.monotonic() >= asleepUntil;

  /** What piled up, one after the other; the machine may fall asleep over it again. */
  function catchUp(): void {
    if (!up || !isAwake()) return;
    const run = backlog.shift();
    if (run === undefined) return;
    run();
    if (backlog.length > 0) base.after(0, catchUp);
  }

  function onMachine(run: () => void): void {
    if (!up) return;
    if (isAwake() && backlog.length === 0) run();
    else backlog.push(run);
  }

  function sleep(ms: number): void {
    const until = base.monotonic() + ms;
    if (until <= asleepUntil) return;
    asleepUntil = until;
    base.after(ms, catchUp);
  }

  /** Mostly quick, now and then slower than anybody waits. */
  const latencyMs = (): number => (weather.rough && chance.is(0.02) ? chance.between(100, 4_000) : chance.between(1, 20));

  return {
    clock: {
      monotonic: () => offset + base.monotonic() * rate,
      after: (ms, run) => base.after(ms / rate, () => onMachine(run)),
    },
    onMachine,
    sleep,
    wake: () => {
      asleepUntil = base.monotonic();
      catchUp();
    },
    crash: () => {
      up = false;
      backlog.length = 0;
    },
    isUp: () => up,
    call: (link, work, unknown) =>
      new Promise((resolve, reject) => {
        const cancel = base.after(callTimeoutMs, () => onMachine(() => reject(unknown())));
        const answer = (tell: () => void): void => {
          if ((weather.rough && chance.is(0.01)) || !link.up) return;
          base.after(latencyMs(), () =>
            onMachine(() => {
              cancel();
              tell();
            }),
          );
        };
        base.after(latencyMs(), () => {
          if (!link.up) return;
          work().then(
            (value) => answer(() => resolve(value)),
            (error: unknown) => answer(() => reject(error instanceof Error ? error : new Error(String(error)))),
          );
        });
        if (weather.rough && chance.is(0.01)) sleep(chance.between(100, 25_000));
      }),
    work: (mostMs) => new Promise((resolve) => base.after(chance.between(0, mostMs), () => onMachine(resolve))),
  };
}
