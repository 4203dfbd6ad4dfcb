import { createServer } from "node:net";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { Gauge, Registry } from "prom-client";
import { expect, test } from "vitest";
import { serveStatus } from "./status-server.ts";

async function served(ready: () => Promise<unknown>) {
  const registry = new Registry();
  new Gauge({ name: "aethyr_test_number", help: "A number", registers: [registry] }).set(42);
  const metrics = () => registry.metrics();
  const status = await serveStatus({ host: "127.0.0.1", port: 0, metrics, ready });
  const ask = async (path: string, init?: RequestInit) => {
    const response = await fetch(`${status.url}${path}`, init);
    return { status: response.status, type: response.headers.get("content-type") ?? "", body: await response.text() };
  };
  return { status, ask };
}

test("a process that lives but cannot do its work is alive, is not ready, and says why, until it is", async () => {
  let reason: Error | undefined = new Error("the log is away");
  const { status, ask } = await served(async () => {
    if (reason !== undefined) throw reason;
  });
  expect(JSON.parse((await ask("/healthz")).body)).toEqual({ status: "alive" });
  const answer = await ask("/readyz");
  expect([answer.status, JSON.parse(answer.body)]).toEqual([503, { status: "not_ready", message: "the log is away" }]);
  reason = undefined;
  const now = await ask("/readyz");
  expect([now.status, JSON.parse(now.body)]).toEqual([200, { status: "ready" }]);
  await status.close();
  await expect(ask("/healthz")).rejects.toThrow("fetch failed");
});

test("a process that waits for what does not answer is not ready", async () => {
  const { status, ask } = await served(() => new Promise(() => undefined));
  const answer = await ask("/readyz");
  expect([answer.status, answer.body]).toEqual([503, expect.stringContaining("gave no answer within")]);
  await status.close();
});

test("[A3] metrics are in Prometheus' text format", async () => {
  const { status, ask } = await served(async () => undefined);
  const { status: code, type, body } = await ask("/metrics");
  expect([code, type]).toEqual([200, "text/plain; version=0.0.4; charset=utf-8"]);
  expect(body).toMatch(/^# TYPE aethyr_test_number gauge\naethyr_test_number 42$/m);
  await status.close();
});

test("[G11] nothing else is there, and nothing can be sent", async () => {
  const { status, ask } = await served(async () => undefined);
  expect((await ask("/")).status).toBe(404);
  expect((await ask("/metrics", { method: "POST", body: "x".repeat(2_000), headers: { "content-type": "text/plain" } })).status).toBe(413);
  await status.close();
});

test("it rejects where it cannot listen", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address() as AddressInfo;
  const metrics = async () => "";
  await expect(serveStatus({ host: "127.0.0.1", port, metrics, ready: async () => undefined })).rejects.toMatchObject({
    code: "EADDRINUSE",
  });
  taken.close();
});
