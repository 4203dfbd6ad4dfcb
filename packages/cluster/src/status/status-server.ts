import type { AddressInfo } from "node:net";
import { inTime } from "@aethyr/async";
import fastify from "fastify";
import { prometheusContentType } from "prom-client";

export type StatusOptions = {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** All of them now, as Prometheus text. */
  readonly metrics: () => Promise<string>;
  /** Rejects, with the reason, while this process cannot do its work. */
  readonly ready: () => Promise<unknown>;
};

/** Whoever asks gives up after some seconds, and then does not know why. */
const readyWithinMs = 2_000;

export type StatusServer = { readonly url: string; close(): Promise<void> };

/** Serves `/healthz` (the process lives), `/readyz` (it can do its work) and `/metrics` (Prometheus text) to whoever asks. Rejects where it cannot listen. */
export async function serveStatus({ host, port, metrics, ready }: StatusOptions): Promise<StatusServer> {
  const app = fastify({ logger: false, bodyLimit: 1_024, forceCloseConnections: true });
  app.get("/healthz", async () => ({ status: "alive" }));
  app.get("/readyz", async (_, reply) => {
    try {
      const answer = await inTime(
        ready().then(() => "ready" as const),
        readyWithinMs,
      );
      if (answer === undefined) throw new Error(`what it needs gave no answer within ${readyWithinMs} ms`);
      return { status: "ready" };
    } catch (error) {
      return reply.code(503).send({ status: "not_ready", message: error instanceof Error ? error.message : String(error) });
    }
  });
  app.get("/metrics", async (_, reply) => reply.type(prometheusContentType).send(await metrics()));
  await app.listen({ host, port });
  const { address, port: taken } = app.server.address() as AddressInfo;
  return { url: `http://${address.includes(":") ? `[${address}]` : address}:${taken}`, close: () => app.close() };
}
