import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pathOf, ref, type Ref } from "@aethyr/kernel";
import type { EventStore } from "../event-store.ts";
import { readLog } from "../read-all.ts";
import type { EventStoreSubject } from "./event-store-contract.ts";
import { accepted, commitOf, freshId, freshRef, newEvents, snapshotOf, write } from "./samples.ts";
import { sharedStore, withStore } from "./shared-store.ts";

type Step = {
  readonly writes: readonly (readonly [stream: number, expected: number, count: number, type: string])[];
  readonly snapshot: number;
};

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    writes: fc.uniqueArray(
      fc.tuple(fc.nat(4), fc.nat(4), fc.integer({ min: 1, max: 3 }), fc.constantFrom("RoomCreated", "RoomExitAdded", "ItemEquipped", "10")),
      {
        selector: ([stream]) => stream,
        minLength: 1,
        maxLength: 3,
      },
    ),
    snapshot: fc.nat(9),
  }),
  { maxLength: 12 },
);

export function statisticsContract(subject: EventStoreSubject): void {
  describe("statistics", () => {
    const store = sharedStore(subject);

    test("[D10] they equal a recount of the whole log after any operations, refused ones and repeats among them", async () => {
      const withSnapshot = new Set<string>();
      await fc.assert(
        fc.asyncProperty(steps, async (plan) => {
          const world = freshId();
          const of = (number: number): Ref => ref(["room", "player", "10"][number % 3] ?? "", `${world}.${number}`);
          for (const { writes, snapshot } of plan) {
            const events = writes.map(([stream, expected, count, type]) => write(of(stream), expected, newEvents(count, type)));
            const commit = { writes: events, command: { id: freshId(), outcome: null } };
            await store().append([commit, commit]);
            if (snapshot > 4) continue;
            await store().saveSnapshot(snapshotOf(of(snapshot), 1 + snapshot));
            withSnapshot.add(pathOf(of(snapshot)));
          }
          expect(await store().statistics()).toMatchObject({ ...(await recount(store())), snapshot_count: withSnapshot.size });
        }),
        { numRuns: 20 },
      );
    });

    test("they count what was stored and loaded since the store was opened, and list the most frequent event type first", async () => {
      await withStore(subject, async (own) => {
        const stream = freshRef();
        await accepted(own, commitOf(stream, 0, [...newEvents(1, "Rare"), ...newEvents(3, "Frequent"), ...newEvents(2, "Middling")]));
        await own.append([commitOf(stream, 0)]);
        await own.append([commitOf(stream, 0, 0)]).catch(() => undefined);
        await own.readStream(stream, { limit: 4 });
        await own.readAll(0);
        await own.saveSnapshot(snapshotOf(stream, 6));
        await own.loadSnapshot(stream);
        await own.loadSnapshot(stream, 1);
        const statistics = await own.statistics();
        expect(statistics).toMatchObject({
          events_stored: 6,
          events_loaded: 10,
          snapshots_stored: 1,
          snapshots_loaded: 1,
          store_failures: 0,
          load_failures: 0,
        });
        expect(Object.keys(statistics.event_types)).toEqual(["Frequent", "Middling", "Rare"]);
      });
    });

    if (subject.reopen) {
      const { reopen } = subject;
      test("the counts of the log survive a reopen, those of the process begin anew", async () => {
        const before = await subject.open();
        const stream = freshRef();
        await accepted(before, commitOf(stream, 0, 3));
        await before.saveSnapshot(snapshotOf(stream, 3));
        const after = await reopen(before);
        try {
          expect(await after.statistics()).toMatchObject({
            events_stored: 0,
            snapshots_stored: 0,
            event_count: 3,
            aggregate_count: 1,
            snapshot_count: 1,
          });
        } finally {
          await after.close();
        }
      });
    }
  });
}

async function recount(store: EventStore) {
  const eventTypes: Record<string, number> = {};
  const aggregateTypes: Record<string, number> = {};
  const streams = new Set<string>();
  let events = 0;
  for await (const { type, stream } of readLog(store)) {
    events += 1;
    eventTypes[type] = (eventTypes[type] ?? 0) + 1;
    if (streams.has(pathOf(stream))) continue;
    streams.add(pathOf(stream));
    aggregateTypes[stream.type] = (aggregateTypes[stream.type] ?? 0) + 1;
  }
  return { event_count: events, aggregate_count: streams.size, event_types: eventTypes, aggregate_types: aggregateTypes };
}
