import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Registry } from "prom-client";
import { gauge } from "./gauge.ts";

const perSecond = 1e9;
const resolutionMs = 10;

/**
 * How long a timer of 10 ms took, in seconds, since the metrics were last read: where that is much more, everything in this process waits. The names
 * are those that other processes have by `collectDefaultMetrics`. Counts until it is closed.
 */
export function watchEventLoop(registry: Registry): { close(): Promise<void> } {
  const turns = monitorEventLoopDelay({ resolution: resolutionMs });
  turns.enable();
  const seconds = (read: () => number): number => (turns.count === 0 ? 0 : read() / perSecond);
  const turn = "a turn of the event loop took since metrics were last read; 0.01 is quiet";
  gauge(registry, "nodejs_eventloop_lag_mean_seconds", `How long on average ${turn}`, () => seconds(() => turns.mean));
  gauge(registry, "nodejs_eventloop_lag_p99_seconds", `How long, but for one in a hundred, ${turn}`, () =>
    seconds(() => turns.percentile(99)),
  );
  // Read last, and begins anew.
  gauge(registry, "nodejs_eventloop_lag_max_seconds", `How long at most ${turn}`, () => {
    const longest = seconds(() => turns.max);
    turns.reset();
    return longest;
  });
  return {
    async close() {
      turns.disable();
    },
  };
}
