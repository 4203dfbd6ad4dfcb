import { describe, expect, test } from "vitest";
import { ref } from "@aethyr/kernel";
import { ensureServer } from "@aethyr/servers";
import { answersContract, eventStoreContract, fencesContract } from "../contract/index.ts";
import { encodeEvent } from "../encoding.ts";
import type { Commit, EventStore } from "../event-store.ts";
import { readLog } from "../read-all.ts";
import { openImmudbEventStore, type ImmudbEventStore, type ImmudbOptions } from "./immudb-event-store.ts";
import { eventKey, textOf } from "./keys.ts";
import { testServer } from "./testing/test-server.ts";
import { accepted, all, appendOne, codeOf, commitOf, freshId, freshRef, newEvents, write } from "../contract/samples.ts";

const immudb = await ensureServer("immudb");

describe.skipIf(immudb === undefined)("on a real immudb", () => {
  const { fresh, using, raw } = testServer();

  // Where a store is, so that it can be opened again.
  const optionsOf = new WeakMap<EventStore, ImmudbOptions>();
  const open = async (options: ImmudbOptions): Promise<ImmudbEventStore> => {
    const store = await openImmudbEventStore(options);
    optionsOf.set(store, options);
    return store;
  };
  const subject = {
    name: "immudb",
    open: () => open(fresh()),
    another: (store: EventStore) => open({ ...(optionsOf.get(store) ?? fresh()), create: false }),
    reopen: async (store: EventStore) => {
      await store.close();
      return subject.another(store);
    },
  };
  eventStoreContract(subject);
  fencesContract(subject);
  answersContract(subject);

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

  test("[G1] [G5] a stale command leaves its batch with what builds on it; the rest is made in one transaction", () =>
    using(async (one, options) => {
      const two = await openImmudbEventStore({ ...options, create: false });
      try {
        const [hall, yard, gate, shed] = [freshRef(), freshRef(), freshRef(), freshRef()];
        for (const stream of [hall, yard]) await accepted(one, commitOf(stream, 0));
        await accepted(two, commitOf(hall, 1));
        const command = (commit: Commit, id = freshId()) => ({ ...commit, command: { id, outcome: id } });
        const stale = command(commitOf(hall, 1));
        const results = await one.append([
          command(commitOf(gate, 0)),
          stale,
          command({ writes: [{ ...write(hall, 2), after: stale.command.id }, write(shed, 0)] }),
          command({ writes: [write(yard, 1)], asserts: [{ stream: hall, expect: "alive" }] }),
          command({ writes: [write(yard, 2)], asserts: [{ stream: shed, expect: "alive" }] }),
          command(commitOf(yard, 2)),
        ]);
        expect(results.map(codeOf)).toEqual([
          "ok",
          "wrong_expected_version",
          "wrong_expected_version",
          "ok",
          "wrong_expected_version",
          "ok",
        ]);
        const positions = results.flatMap((result) => (result.ok ? [result.position] : []));
        expect(positions).toEqual([0, 1, 2].map((index) => (positions[0] ?? 0) + index));
        expect(await two.heads([hall, yard, gate, shed])).toMatchObject([{ version: 2 }, { version: 3 }, { version: 1 }, { version: 0 }]);
      } finally {
        await two.close();
      }
    }));
});
