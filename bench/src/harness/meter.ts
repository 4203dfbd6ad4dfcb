import { cpus } from "node:os";

/** What a stretch of work took. */
export type Measured = {
  readonly seconds: number;
  /** Of the whole process, all threads: user and system, in microseconds. */
  readonly cpuUs: number;
  /** Share of the machine's processors that others used meanwhile, 0 to 1: the larger, the less the figure says. */
  readonly others: number;
};

/** Starts measuring; the function that it returns tells what was used since. */
export function startMeter(): () => Measured {
  const startedMs = performance.now();
  const own = process.cpuUsage();
  const machine = busyMs();
  return () => {
    const seconds = (performance.now() - startedMs) / 1000;
    const { user, system } = process.cpuUsage(own);
    const cpuUs = user + system;
    return { seconds, cpuUs, others: othersShare({ busyMs: busyMs() - machine, cpuUs, seconds, processors: cpus().length }) };
  };
}

type Used = { readonly busyMs: number; readonly cpuUs: number; readonly seconds: number; readonly processors: number };

/** The machine's clock ticks are coarse, so that for a short stretch it may come out below 0 or above 1: then it is the nearest of these. */
export function othersShare({ busyMs, cpuUs, seconds, processors }: Used): number {
  if (seconds <= 0) return 0;
  return Math.min(1, Math.max(0, (busyMs - cpuUs / 1000) / (seconds * 1000 * processors)));
}

function busyMs(): number {
  return cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0);
}
