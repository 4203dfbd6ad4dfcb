import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readLog, type EventStore } from "@aethyr/event-store";
import { openImmudbEventStore } from "@aethyr/event-store/immudb";
import { ensureServer } from "@aethyr/servers";
import { afterAll, describe, expect, test } from "vitest";
import { checkStore } from "../history/check-store.ts";
import { createAppender } from "../immudb/appender.ts";
import { startImmudbServer } from "../immudb/immudb-server.ts";
import { runTurns } from "../immudb/turns.ts";
import { runBareCalls } from "./bare-calls.ts";
import { logSets } from "./bare-sets.ts";
import { recordingCalls } from "./recorded-calls.ts";

const immudb = await ensureServer("immudb");
const work = mkdtempSync(join(tmpdir(), "aethyr-bench-"));
afterAll(() => rmSync(work, { recursive: true }));

async function eventsOf(store: EventStore): Promise<ReadonlySet<string>> {
  const events = new Set<string>();
  for await (const { bytes } of readLog(store)) events.add(Buffer.from(bytes).toString());
  return events;
}

describe.skipIf(immudb === undefined)("the floors on a real immudb", () => {
  test("the floor of writes makes what the round made, byte for byte, so that its log passes the same check of events", async () => {
    const { server, place, bare } = await startImmudbServer({ directory: work });
    await using _ = server;
    const store = await openImmudbEventStore({ ...place("measured"), create: true });
    const copy = await openImmudbEventStore({ ...place("floor"), create: true });
    const { appendAs, accepted } = createAppender({ store, streams: 32, writers: 16 });

    const { round, floor } = await bare("floor", (client) =>
      runTurns({ send: appendAs, floor: client, server, inFlight: 16, seconds: 1.5 }),
    );

    expect(round.events).toBe(accepted().length);
    expect(floor).toMatchObject({ events: round.events, sets: round.sets });
    expect(floor.latenciesMs).toHaveLength(round.sets);
    await checkStore(store, accepted());
    expect(await eventsOf(copy)).toEqual(await eventsOf(store));
    expect((await copy.statistics()).event_count).toBe(round.events);

    // What it replays demands what it demanded: made again, every one of them is refused.
    const { calls } = await recordingCalls(() => appendAs(0));
    const [set] = logSets(calls);
    await bare("floor", async ({ call }) => {
      await call("Set", set?.request ?? Buffer.of());
      await expect(call("Set", set?.request ?? Buffer.of())).rejects.toThrow("precondition failed");
    });

    // Reads are made again in the session in which they were made, and a key that is not there is an answer.
    const reading = await recordingCalls(() => store.loadSnapshot({ type: "game-object", id: "nobody" }));
    expect(reading.calls.length).toBeGreaterThan(0);
    expect(await runBareCalls(reading.calls)).toBeGreaterThan(0);
    await store.close();
    await copy.close();
  });
});

test("a set waits for the one that makes what it demands", () => {
  const field = (number: number, ...parts: readonly Buffer[]): Buffer => {
    const bytes = Buffer.concat(parts);
    return Buffer.concat([Buffer.of(number * 8 + 2, bytes.length), bytes]);
  };
  const entry = (key: string) => field(1, field(1, Buffer.from(key)), field(2, Buffer.from("{}")));
  const demand = (key: string) => field(3, field(1, field(1, Buffer.from(key))));
  const call = (method: string, ...parts: readonly Buffer[]) => ({ method, request: Buffer.concat(parts) });
  const calls = [
    call("Set", entry("e/room/a/1"), entry("a/room/a"), entry("c/one")),
    call("Scan", entry("e/room/a/9")),
    call("Set", entry("v/room/a/1")),
    call("Set", entry("e/room/b/1"), entry("e/room/b/2"), entry("c/two"), entry("c/three")),
    call("Set", entry("e/room/a/2"), demand("e/room/a/1"), demand("e/room/c/7")),
  ] as unknown as Parameters<typeof logSets>[0];
  expect(logSets(calls).map(({ events, commands, after }) => ({ events, commands, after }))).toEqual([
    { events: 1, commands: 1, after: -1 },
    { events: 2, commands: 2, after: -1 },
    { events: 1, commands: 0, after: 0 },
  ]);
});
