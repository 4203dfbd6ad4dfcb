import { describe, expect, test } from "vitest";
import { ensureServer } from "@aethyr/servers";
import type { EventStore } from "../event-store.ts";
import { openChannel } from "./channel.ts";
import { countedPerRecord } from "./count-record.ts";
import { openImmudbEventStore, type ImmudbOptions } from "./immudb-event-store.ts";
import { logCountKey, snapshotCountKey, textOf } from "./keys.ts";
import { createLogReader, type LogReader } from "./log-reader.ts";
import { encodeSet } from "./messages.ts";
import { openSession } from "./session.ts";
import { createTally } from "./tally.ts";
import { testServer } from "./testing/test-server.ts";
import { commitOf, freshRef, snapshotOf } from "../contract/samples.ts";

const immudb = await ensureServer("immudb");

describe.skipIf(immudb === undefined)("statistics of a real immudb", () => {
  const { fresh, using, raw, server } = testServer();

  const fill = async (store: EventStore, events: number): Promise<void> => {
    for (let at = 0; at < events; at += 500) await store.append([commitOf(freshRef(), 0, 500)]);
  };
  /** Counts as a store that is opened now would, and how many pages of the log it reads for it. */
  const counting = async (options: ImmudbOptions): Promise<{ readonly events: number; readonly pages: number }> => {
    const channel = openChannel(server().address);
    const log = openSession(channel, options, options.database);
    const snapshots = openSession(channel, options, `${options.database}_snapshots`);
    try {
      let pages = 0;
      const reader = createLogReader(log);
      const noting: LogReader = {
        ...reader,
        readLog: (after, limit) => {
          pages += 1;
          return reader.readLog(after, limit);
        },
      };
      const { events } = await createTally({ reader: noting, log, snapshots, readOnly: true })();
      return { events, pages };
    } finally {
      await Promise.all([log.close(), snapshots.close()]);
      channel.close();
    }
  };

  test(
    "of a long log are counted on from the last record, exactly, whoever has written meanwhile",
    () =>
      using(async (store, options) => {
        await fill(store, countedPerRecord);
        expect((await store.statistics()).event_count).toBe(countedPerRecord);
        await fill(store, 1000);
        const { events, pages } = await counting(options);
        expect([events, pages]).toEqual([countedPerRecord + 1000, 2]);
        expect(await store.statistics()).toMatchObject({ event_count: countedPerRecord + 1000, aggregate_count: 22 });
      }),
    60_000,
  );

  test(
    "do not count on a record of another log, or one that cannot be read",
    () =>
      using(async (store, options) => {
        await fill(store, countedPerRecord);
        const { database } = options;
        await store.statistics();
        const record = await raw(`${database}_snapshots`, async (session) =>
          textOf((await session.get(logCountKey))?.value ?? Buffer.of()),
        );
        const parsed = JSON.parse(record) as { readonly chain: string };
        const wrong = [
          "no record",
          JSON.stringify({ ...parsed, chain: parsed.chain.replace(/^./, (digit) => (digit === "0" ? "1" : "0")) }),
          JSON.stringify({ ...parsed, position: 9_999_999_999 }),
          JSON.stringify({ ...parsed, eventTypes: [["RoomCreated", -1]] }),
        ];
        for (const text of wrong) {
          await raw(`${database}_snapshots`, (session) => session.set(encodeSet([{ key: logCountKey, value: Buffer.from(text) }], [])));
          const { events, pages } = await counting(options);
          expect([events, pages]).toEqual([countedPerRecord, 11]);
        }
      }),
    60_000,
  );

  test(
    "count streams with snapshots once each, whoever saved them at the same moment, and on from a record",
    () =>
      using(async (one, options) => {
        const two = await openImmudbEventStore(options);
        try {
          const streams = Array.from({ length: 10 }, () => freshRef());
          await Promise.all(
            streams.flatMap((stream) => [one, two, one, two].map((store, index) => store.saveSnapshot(snapshotOf(stream, index + 1)))),
          );
          expect((await one.statistics()).snapshot_count).toBe(10);
          expect((await two.statistics()).snapshot_count).toBe(10);
          const tx = await raw(`${options.database}_snapshots`, (session) => session.newestTx());
          const chain = await raw(`${options.database}_snapshots`, async (session) => {
            const [newest] = await session.txScan({ from: tx, limit: 1, values: false });
            return newest?.chain;
          });
          await raw(`${options.database}_snapshots`, (session) =>
            session.set(encodeSet([{ key: snapshotCountKey, value: Buffer.from(JSON.stringify({ tx, chain, count: 1000 })) }], [])),
          );
          const three = await openImmudbEventStore(options);
          await three.saveSnapshot(snapshotOf(freshRef(), 1));
          expect((await three.statistics()).snapshot_count).toBe(1001);
          await three.close();
        } finally {
          await two.close();
        }
      }),
    30_000,
  );

  test("count nothing in a new log", async () => {
    const store = await openImmudbEventStore(fresh());
    expect(await store.statistics()).toMatchObject({ event_count: 0, aggregate_count: 0, snapshot_count: 0 });
    await store.close();
  });
});
