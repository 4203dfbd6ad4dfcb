import { writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { NatsServerCount } from "@aethyr/local-cluster";
import type { RoundResult } from "../report.ts";
import type { ClusterFault } from "./cluster-fault.ts";
import { runClusterRound } from "./run-cluster-round.ts";
import { openStage, type Stage } from "./stage.ts";

export type ClusterRunParts = {
  readonly faults: readonly ClusterFault[];
  /** Of each cluster. */
  readonly natsServers: NatsServerCount;
  /** Of each fault. */
  readonly rounds: number;
  readonly seed: number;
  /** Where clusters have their folders, which are removed; the logs of a round that failed stay where `kept` says. */
  readonly work: string;
  readonly kept: string;
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
  readonly onResult: (result: RoundResult) => void;
};

/** The log is read whole after each round, and grows with each. */
const roundsPerCluster = 12;

/** Runs each fault so often, in turns, many rounds on one cluster; after a round that failed the next one has a new cluster. */
export async function runCluster(parts: ClusterRunParts): Promise<readonly RoundResult[]> {
  const { faults, natsServers, rounds, seed, work, kept, signal, progress, onResult } = parts;
  const results: RoundResult[] = [];
  let [stage, used, clusters]: [Stage | undefined, number, number] = [undefined, 0, 0];

  async function fresh(): Promise<Stage> {
    clusters += 1;
    used = 0;
    progress(`starting cluster ${clusters}`);
    return openStage(folder(), natsServers);
  }
  const folder = (): string => join(work, `cluster-${clusters}`);
  async function put(away: Stage | undefined): Promise<void> {
    await away?.close();
    await rm(folder(), { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
  const stopped = Promise.withResolvers<never>();
  stopped.promise.catch(() => undefined);
  signal.addEventListener("abort", () => stopped.reject(signal.reason), { once: true });

  async function round(fault: ClusterFault, number: number): Promise<RoundResult> {
    const startedMs = performance.now();
    const ended = () => ({ fault: fault.name, round: number, seed, seconds: (performance.now() - startedMs) / 1000 });
    try {
      stage ??= await fresh();
      used += 1;
      const counts = await Promise.race([
        runClusterRound({ stage, fault, seed, number, progress: (text) => progress(`${fault.name} ${number}: ${text}`) }),
        stopped.promise,
      ]);
      return { ...ended(), counts };
    } catch (error) {
      const log = join(kept, `faults-${seed}-${fault.name}-${number}.log`);
      if (!signal.aborted && stage !== undefined) writeFileSync(log, stage.fire.said());
      const failure = `${error instanceof Error ? `${error.name}: ${error.message}` : String(error)} (what the processes said: ${log})`;
      const bad = stage;
      stage = undefined;
      if (!signal.aborted) await put(bad).catch((trouble: unknown) => progress(`a cluster did not close: ${String(trouble)}`));
      else stage = bad;
      return { ...ended(), counts: {}, failure };
    }
  }

  try {
    for (let number = 1; number <= rounds; number += 1) {
      for (const fault of faults) {
        if (signal.aborted) return results;
        const result = await round(fault, number);
        if (signal.aborted) return results;
        results.push(result);
        onResult(result);
        if (stage !== undefined && used >= roundsPerCluster) {
          const full = stage;
          stage = undefined;
          await put(full);
        }
      }
    }
    return results;
  } finally {
    if (stage !== undefined) await put(stage);
  }
}
