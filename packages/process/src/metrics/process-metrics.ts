import { createMetrics, type Metrics } from "@aethyr/runtime";
import { Counter, Registry } from "prom-client";
import { gauge } from "./gauge.ts";

/** Of the newest event of the log, and of the event feed where it is filled in this process. */
export type Positions = { readonly head: () => Promise<number>; readonly published?: () => number };

/** What a host of this process counts, and what the process uses. */
export function processMetrics(positions: Positions): Metrics {
  const registry = new Registry();
  watchProcess(registry, positions);
  return createMetrics(registry);
}

/** What the whole process uses, and how far its log and its event feed are; read when the metrics are. */
function watchProcess(registry: Registry, { head, published }: Positions): void {
  const registers = [registry];
  gauge(registry, "process_resident_memory_bytes", "Memory of the process", () => process.memoryUsage.rss());
  gauge(registry, "nodejs_heap_used_bytes", "Memory that values use", () => process.memoryUsage().heapUsed);
  gauge(registry, "process_start_time_seconds", "When the process began, in seconds since 1970", () =>
    Math.round(Date.now() / 1000 - process.uptime()),
  );
  gauge(registry, "aethyr_log_position", "Position of the newest event of the log", head);
  if (published !== undefined) gauge(registry, "aethyr_feed_position", "Position of the newest event on the event feed", published);
  let seconds = 0;
  new Counter({
    name: "process_cpu_seconds_total",
    help: "Processor time of the process, all its threads",
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.inc((user + system) / 1e6 - seconds);
      seconds = (user + system) / 1e6;
    },
  });
}
