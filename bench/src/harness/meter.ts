import { readFileSync } from "node:fs";
import { cpus } from "node:os";

/** What a stretch of work took. */
export type Measured = {
  readonly seconds: number;
  /** Of the whole process, all threads: user and system, in microseconds. */
  readonly cpuUs: number;
  /** The same of the server that was named; 0 without one. */
  readonly serverUs: number;
  /** Share of the machine's processors that others used meanwhile, 0 to 1: the larger, the less the figure says. */
  readonly others: number;
};

/** Starts measuring; the function that it returns tells what was used since. `server`: a process of ours that is no other's either. */
export function startMeter(server?: { readonly pid: number }): () => Measured {
  const startedMs = performance.now();
  const own = process.cpuUsage();
  const machine = busyMs();
  const serverBefore = cpuUsOf(server);
  return () => {
    const seconds = (performance.now() - startedMs) / 1000;
    const { user, system } = process.cpuUsage(own);
    const cpuUs = user + system;
    const serverUs = cpuUsOf(server) - serverBefore;
    const used = { busyMs: busyMs() - machine, cpuUs: cpuUs + serverUs, seconds, processors: cpus().length };
    return { seconds, cpuUs, serverUs, others: othersShare(used) };
  };
}

/** Linux counts in hundredths of a second, whatever its kernel's clock does. Elsewhere nothing can be said: then the server is one of the others. */
const usPerTick = 10_000;

/** Microseconds of CPU that a process has used since its start, all threads. */
export function cpuUsOf(server: { readonly pid: number } | undefined): number {
  if (server === undefined || process.platform !== "linux") return 0;
  // The name of the program is in parentheses, and may have spaces.
  const fields = readFileSync(`/proc/${server.pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * usPerTick;
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
