import { collectDefaultMetrics, Gauge, Registry } from "prom-client";

/** Metrics of a process that is no actor host: what it uses, and what its service adds. */
export function processRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** A number that is read when the metrics are. */
export function gauge(registry: Registry, name: string, help: string, read: () => number | Promise<number>): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    async collect() {
      this.set(await read());
    },
  });
}
