import { describe, expect, test } from "vitest";
import { ref } from "@aethyr/kernel";
import { ensureServer } from "@aethyr/servers";
import { eventStoreContract } from "../contract/index.ts";
import { encodeEvent } from "../encoding.ts";
import type { EventStore } from "../event-store.ts";
import { readLog } from "../read-all.ts";
import { openImmudbEventStore, type ImmudbOptions } from "./immudb-event-store.ts";
import { eventKey, textOf } from "./keys.ts";
import { testServer } from "./testing/test-server.ts";
import {
  accepted,
  all,
  appendOne,
  codeOf,
  commitOf,
  freshId,
  freshRef,
  newEvent,
  newEvents,
  snapshotOf,
  write,
} from "../contract/samples.ts";

const immudb = await ensureServer("immudb");

describe.skipIf(immudb === undefined)("on a real immudb", () => {
  const { fresh, using, raw } = testServer();

  // Where a store is, so that it can be opened again.
  const optionsOf = new WeakMap<EventStore, ImmudbOptions>();
  const open = async (options: ImmudbOptions): Promise<EventStore> => {
    const store = await openImmudbEventStore(options);
    optionsOf.set(store, options);
    return store;
  };
  eventStoreContract({
    name: "immudb",
    open: () => open(fresh()),
    reopen: async (store) => {
      const options = optionsOf.get(store) ?? fresh();
      await store.close();
      return open({ ...options, create: false });
    },
  });

  test("an event is readable in immudb as JSON by its key, alone in its transaction as the exact canonical bytes", () =>
    using(async (store, { database }) => {
      const stream = ref("room", "hall");
      const [first, ...more] = newEvents(12);
      if (first === undefined) throw new Error("no event");
      await accepted(store, commitOf(stream, 0, [first]));
      await accepted(store, commitOf(stream, 1, more));
      await raw(database, async (session) => {
        const alone = await session.get(Buffer.from("e/room/hall/0000000000000001"));
        expect(textOf(alone?.value ?? Buffer.of())).toBe(encodeEvent(stream, 1, first));
        for (const [index, event] of more.entries()) {
          const entry = await session.get(eventKey("room/hall", index + 2));
          expect(JSON.parse(textOf(entry?.value ?? Buffer.of()))).toEqual(JSON.parse(encodeEvent(stream, index + 2, event)));
        }
      });
    }));

  test("[G1] [G5] processes that write the same streams at once keep each other's versions apart", () =>
    using(async (one, options) => {
      const two = await openImmudbEventStore({ ...options, create: false });
      try {
        const streams = [freshRef(), freshRef(), freshRef()];
        const room = freshRef();
        await accepted(one, commitOf(room, 0));
        const appends = [one, two].flatMap((store) =>
          Array.from({ length: 60 }, (_, index) =>
            appendOne(store, {
              writes: [write(streams[index % 3] ?? room, "any", 1 + (index % 2)), write(freshRef(), "no-stream")],
              asserts: [{ stream: room, expect: "alive" }],
              command: { id: freshId(), outcome: index },
            }),
          ),
        );
        const results = await Promise.all(appends);
        expect(results.map(codeOf)).toEqual(results.map(() => "ok"));
        const log = await all(readLog(one));
        for (const stream of streams) {
          const versions = log.filter((event) => event.stream.id === stream.id).map(({ version }) => version);
          expect(versions).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
        }
        expect(await one.statistics()).toMatchObject({ event_count: log.length, aggregate_count: 124 });
        expect((await two.statistics()).event_count).toBe(log.length);
      } finally {
        await two.close();
      }
    }));

  test("[G3] of two processes that append the same command one makes it, the other gets its outcome", () =>
    using(async (one, options) => {
      const two = await openImmudbEventStore({ ...options, create: false });
      try {
        for (let round = 0; round < 20; round += 1) {
          const command = { id: freshId(), outcome: { round } };
          const results = await Promise.all([one, two].map((store) => appendOne(store, { writes: [write(freshRef(), 0)], command })));
          expect(results.map(codeOf).sort()).toEqual(["command_already_recorded", "ok"]);
        }
      } finally {
        await two.close();
      }
    }));

  test("a commit over what one transaction holds is refused with nothing appended", () =>
    using(async (store) => {
      const writes = Array.from({ length: 256 }, () => write(freshRef(), 0, 2, true));
      await expect(store.append([{ writes, command: { id: freshId(), outcome: null } }])).rejects.toMatchObject({ code: "limit_exceeded" });
      const large = Array.from({ length: 130 }, () => newEvent("RoomCreated", "x".repeat(250_000)));
      await expect(store.append([commitOf(freshRef(), 0, large)])).rejects.toMatchObject({ code: "limit_exceeded" });
      const huge = {
        ...snapshotOf(freshRef(), 1),
        state: { status: "active" as const, value: "a", context: "x".repeat(31 * 1024 * 1024) },
      };
      await expect(store.saveSnapshot(huge)).rejects.toMatchObject({ code: "limit_exceeded" });
      expect(await store.head()).toBe(0);
    }));

  test("an append over what one transaction holds takes several, in order", () =>
    using(async (store) => {
      const streams = Array.from({ length: 300 }, () => freshRef());
      const commits = [
        ...streams.map((stream) => commitOf(stream, "no-stream")),
        ...streams.slice(0, 200).map((stream) => ({ ...commitOf(stream, 1), command: { id: freshId(), outcome: null } })),
      ];
      const results = await store.append(commits);
      const positions = results.flatMap((result) => (result.ok ? [result.position] : []));
      expect(positions).toHaveLength(500);
      expect(positions).toEqual([...positions].sort((a, b) => a - b));
      expect((await all(readLog(store))).map(({ position }) => position)).toEqual(positions);
    }));
});
