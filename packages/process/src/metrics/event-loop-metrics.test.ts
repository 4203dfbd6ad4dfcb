import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { watchEventLoop } from "./event-loop-metrics.ts";

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

async function lagOf(registry: Registry): Promise<Readonly<Record<string, number>>> {
  const told = (await registry.metrics()).matchAll(/^nodejs_eventloop_lag_(\w+)_seconds (\S+)$/gm);
  return Object.fromEntries([...told].map(([, name = "", value]) => [name, Number(value)]));
}

/** Keeps the thread for itself. */
function stall(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

test("[A3] a thread that was busy for a while shows in the lag of its event loop until the metrics are read", async () => {
  const registry = new Registry();
  const watch = watchEventLoop(registry);
  await turn();
  stall(300);
  await turn();
  await watch.close();
  const { mean = 0, p99 = 0, max = 0 } = await lagOf(registry);
  expect(max).toBeGreaterThan(0.25);
  expect(p99).toBeGreaterThan(0.25);
  expect(mean).toBeGreaterThan(0);
  expect(await lagOf(registry)).toEqual({ mean: 0, p99: 0, max: 0 });
});
