import type { Benchmark } from "../harness/benchmark.ts";
import { clusterCommandsBenchmark } from "./cluster-commands.ts";
import { clusterHostsBenchmark } from "./cluster-hosts.ts";
import { clusterMemoryBenchmark } from "./cluster-memory.ts";
import { clusterRelayBenchmark } from "./cluster-relay.ts";
import { clusterThreeBenchmark } from "./cluster-three.ts";
import { cpuBenchmarks } from "./cpu.ts";
import { durableBenchmarks } from "./durable.ts";
import { hydrationBenchmark } from "./hydration.ts";
import { immudbAppendBenchmarks } from "./immudb-append.ts";
import { immudbCommandBenchmarks } from "./immudb-commands.ts";
import { immudbReadBenchmarks } from "./immudb-reads.ts";
import { importBenchmark } from "./import-world.ts";
import { memoryBenchmark } from "./memory.ts";
import { playersBenchmarks } from "./players.ts";
import { projectionBenchmarks } from "./projections.ts";
import { replayBenchmark } from "./replay.ts";
import { verifyBenchmarks } from "./verify.ts";

export const benchmarks: readonly Benchmark[] = [
  ...durableBenchmarks,
  ...cpuBenchmarks,
  memoryBenchmark,
  hydrationBenchmark,
  replayBenchmark,
  importBenchmark,
  ...immudbAppendBenchmarks,
  ...immudbCommandBenchmarks,
  ...immudbReadBenchmarks,
  ...verifyBenchmarks,
  ...projectionBenchmarks,
  ...playersBenchmarks,
  clusterCommandsBenchmark,
  clusterRelayBenchmark,
  clusterHostsBenchmark,
  clusterThreeBenchmark,
  clusterMemoryBenchmark,
];
