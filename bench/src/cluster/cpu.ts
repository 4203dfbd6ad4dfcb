import { availableParallelism } from "node:os";
import { cpuUsOf, startMeter } from "../harness/meter.ts";
import { shown } from "../harness/report.ts";
import type { NamedProcess } from "./with-cluster.ts";

/** CPU seconds by process. */
export type Spent = ReadonlyMap<string, number>;

/** Does some work, and tells what each process has used for it and how busy others were: PostgreSQL, which has nothing to do, is one of them. */
export async function spending<T>(
  processes: readonly NamedProcess[],
  work: () => Promise<T>,
): Promise<{ readonly done: T; readonly spent: Spent; readonly others: number }> {
  const before = processes.map((process) => cpuUsOf(process));
  const meter = startMeter();
  const done = await work();
  const { seconds, others } = meter();
  const spent = new Map(processes.map((process, index) => [process.name, (cpuUsOf(process) - (before[index] ?? 0)) / 1e6]));
  return { done, spent, others: Math.max(0, others - totalOf(spent) / (seconds * availableParallelism())) };
}

export const totalOf = (spent: Spent): number => [...spent.values()].reduce((sum, seconds) => sum + seconds, 0);

/** For the notes of a report: CPU seconds per 1,000 commands. */
export const toldSpent = (spent: Spent, commands: number): string =>
  `${shown((totalOf(spent) / commands) * 1000)} (${[...spent].map(([name, seconds]) => `${name} ${shown((seconds / commands) * 1000)}`).join(", ")})`;
