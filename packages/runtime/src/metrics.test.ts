import { UnavailableError } from "@aethyr/event-store";
import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { createMetrics } from "./metrics.ts";
import { startHost } from "./testing/index.ts";

test("[R30] what a host does is counted, by type and code", async () => {
  const { host, store, world, send } = startHost();
  const other = startHost({ store: world });
  await Promise.all([send("counter/a", "Open"), send("counter/b", "Open")]);
  for (let times = 0; times < 12; times += 1) await send("counter/a", "Add", { amount: 1 });
  await send("counter/a", "Add", { amount: -100 });
  await send("counter/a", "Throw");
  await send("made-up/a", "Anything");
  await send("counter/a", "Fly");
  await other.send("counter/a", "Add", { amount: 1 });
  await send("counter/a", "Add", { amount: 1 });
  store.once("append", () => {
    throw new UnavailableError("away");
  });
  await send("counter/a", "Add", { amount: 1 });
  await host.passivate({ type: "counter", id: "a" });
  await send("counter/a", "Add", { amount: 1 });
  await new Promise(setImmediate);
  const text = await host.metrics.text();
  for (const line of [
    'aethyr_commands_total{aggregate_type="counter",command="Add",code="accepted"} 14',
    'aethyr_commands_total{aggregate_type="counter",command="Add",code="rejected"} 1',
    'aethyr_commands_total{aggregate_type="counter",command="Throw",code="internal"} 1',
    'aethyr_commands_total{aggregate_type="unknown",command="unknown",code="invalid"} 2',
    'aethyr_events_committed_total{aggregate_type="counter"} 16',
    "aethyr_command_duration_seconds_count 21",
    'aethyr_commits_total{result="unavailable"} 1',
    "aethyr_conflicts_total 1",
    "aethyr_dead_letters_total 0",
    'aethyr_snapshot_operations_total{operation_type="saved",aggregate_type="counter"} 2',
    'aethyr_snapshot_operations_total{operation_type="loaded",aggregate_type="counter"} 1',
    'aethyr_hydration_duration_seconds_count{aggregate_type="counter"} 1',
    'aethyr_passivations_total{reason="asked"} 1',
    "aethyr_queue_depth 0",
    "aethyr_active_actors 2",
    "aethyr_batches_in_flight 0",
  ]) {
    expect(text).toContain(`${line}\n`);
  }
  expect(text).not.toContain("made-up");
  expect(await host.metrics.text()).toContain('command="Add",code="accepted"} 14\n');
  await Promise.all([host.close(), other.host.close()]);
});

test("[R30] the gauges show what is under way", async () => {
  const { host, store, send } = startHost();
  await send("counter/a", "Open");
  const commit = store.hold("append");
  const reply = send("counter/a", "Add", { amount: 1 });
  await commit.reached;
  const text = await host.metrics.text();
  expect(text).toContain("aethyr_queue_depth 1\n");
  expect(text).toContain("aethyr_batches_in_flight 1\n");
  commit.release();
  await reply;
  await host.close();
});

test("metrics of nobody are all there, at nothing", async () => {
  expect(await createMetrics(new Registry()).text()).toContain("aethyr_queue_depth 0\n");
});
