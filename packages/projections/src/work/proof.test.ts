import type { StoredEvent } from "@aethyr/event-store";
import { expect, test } from "vitest";
import { createProof } from "./proof.ts";

const event = (position: number, id: string): StoredEvent => ({ position, id, time: "2026-01-01T00:00:00.000Z" }) as StoredEvent;

test("[G8] a log that is exchanged under a worker that waits is known before the next event is applied, and nothing read before is used", async () => {
  let log = [event(1, "a"), event(2, "b")];
  let forgotten = 0;
  let now = 0;
  const source = {
    eventAt: async (position: number) => log.find((each) => each.position === position),
    head: async () => log.length,
    forget: async () => void (forgotten += 1),
  };
  const proof = createProof(source, { schema: "s", position: 2, eventId: "b", eventTime: "2026-01-01T00:00:00.000Z" }, () => now);
  await proof.check();
  log = [...log, event(3, "c")];
  proof.passed(log[2]);
  log = [event(1, "a"), event(2, "x"), event(3, "y"), event(4, "z")];
  now += 5_000;
  await expect(proof.check()).rejects.toMatchObject({ code: "foreign_log", details: { schema: "s", position: 3, head: 4 } });
  log = [event(1, "a")];
  await expect(proof.check()).rejects.toMatchObject({ code: "foreign_log", details: { head: 1 } });
  expect(forgotten).toBe(2);
});
