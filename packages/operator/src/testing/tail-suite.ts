import { describe, expect, test } from "vitest";
import type { RecordedEvent } from "@aethyr/kernel";
import { collected } from "./collected.ts";
import { smallWorldOfEachTest, type Reach } from "./reach.ts";
import { createRoom, createThing } from "./small-world.ts";

/** What holds of following the events, whichever way they come. */
export function tailSuite(name: string, reach: Reach): void {
  describe(`${name}: the tail`, () => {
    const small = smallWorldOfEachTest(reach);

    test("[G7] a tail reads the log after a position to its head and ends", async () => {
      await small.operations.sendCommands(Array.from({ length: 30 }, (_, index) => createRoom(`room-${index}`)));
      const all = await collected(small.operations.tailEvents({ after: 0 }));
      expect(all.map(({ position }) => position)).toEqual((await small.world.store.readAll(0)).map(({ position }) => position));
      const later = await collected(small.operations.tailEvents({ after: all[9]?.position ?? 0 }));
      expect(later).toEqual(all.slice(10));
      expect(await collected(small.operations.tailEvents({}))).toEqual([]);
    });

    test("[G7] a tail that follows gives every event once and in order, old and new, while commands go on", async () => {
      await small.operations.sendCommands([createRoom("hall"), createRoom("yard")]);
      const seen: RecordedEvent[] = [];
      let sending: Promise<unknown> = Promise.resolve();
      for await (const event of small.operations.tailEvents({ after: 0, follow: true })) {
        seen.push(event);
        if (seen.length === 1)
          sending = small.operations.sendCommands(Array.from({ length: 300 }, (_, index) => createThing(`thing-${index}`, "pebble")));
        if (seen.length === 302) break;
      }
      await sending;
      expect(seen.map(({ position }) => position)).toEqual((await small.world.store.readAll(0)).map(({ position }) => position));
    });

    test("a tail that follows waits for the first event of an empty world", async () => {
      const events = small.operations.tailEvents({ after: 0, follow: true })[Symbol.asyncIterator]();
      const first = events.next();
      await small.operations.sendCommands([createRoom("hall")]);
      expect((await first).value).toMatchObject({ type: "RoomCreated" });
      await events.return?.();
    });

    test("a tail ends quietly when its signal aborts, and when the operations close", async () => {
      await small.operations.sendCommands([createRoom("hall")]);
      const stop = new AbortController();
      for await (const event of small.operations.tailEvents({ after: 0, follow: true, signal: stop.signal })) {
        expect(event.version).toBe(1);
        stop.abort();
      }
      for await (const event of small.operations.tailEvents({ after: 0, follow: true })) {
        expect(event.version).toBe(1);
        await small.operations.close();
      }
    });

    test("[G11] a position that is none is an invalid question", async () => {
      await expect(collected(small.operations.tailEvents({ after: -1 }))).rejects.toMatchObject({ code: "invalid_request" });
    });
  });
}
