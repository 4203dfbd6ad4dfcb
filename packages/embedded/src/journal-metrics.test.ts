import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { watchJournal } from "./journal-metrics.ts";

test("[A18] metrics tell what waits in the journal and what became of it", async () => {
  const registry = new Registry();
  let now = {
    state: "away" as "away" | "none",
    epoch: 1,
    commits: 3,
    events: 4,
    bytes: 999,
    drained: 0,
    since: "2026-01-01T00:00:00.000Z" as string | undefined,
    quarantined: 2,
    reason: "away" as string | undefined,
  };
  watchJournal(registry, { outage: () => now });
  const told = await registry.metrics();
  for (const line of [
    "aethyr_journal_commits 3",
    "aethyr_journal_bytes 999",
    "aethyr_journal_quarantined 2",
    "aethyr_journal_drained_total 0",
  ])
    expect(told).toContain(line);
  expect(told).not.toContain("aethyr_journal_oldest_seconds 0");
  now = { ...now, state: "none", commits: 0, bytes: 0, drained: 3, since: undefined, reason: undefined };
  const then = await registry.metrics();
  for (const line of ["aethyr_journal_commits 0", "aethyr_journal_oldest_seconds 0", "aethyr_journal_drained_total 3"])
    expect(then).toContain(line);
  expect(await registry.metrics()).toContain("aethyr_journal_drained_total 3");
});
