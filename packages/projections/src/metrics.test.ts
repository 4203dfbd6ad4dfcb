import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { createMetrics } from "./metrics.ts";

test("[G8] metrics are there while the database stands still, which is asked once and told as down; then they are as it answers", async () => {
  const registry = new Registry();
  let asked = 0;
  let answers = Promise.withResolvers<[]>();
  createMetrics(
    registry,
    () => {
      asked += 1;
      return answers.promise;
    },
    1,
  );
  for (let read = 1; read <= 3; read += 1) expect(await registry.metrics()).toContain("aethyr_projection_database_up 0");
  expect(asked).toBe(1);
  answers.resolve([]);
  await answers.promise;
  answers = Promise.withResolvers();
  answers.resolve([]);
  expect(await registry.metrics()).toContain("aethyr_projection_database_up 1");
});
