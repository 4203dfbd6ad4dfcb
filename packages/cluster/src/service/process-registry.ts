import { collectDefaultMetrics, Registry } from "prom-client";

/** Metrics of a process that is no actor host: what it uses, and what its service adds. */
export function processRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}
