import { describe, expect, test } from "vitest";
import { UnavailableError } from "@aethyr/event-store";
import { ref, type Json, type Ref } from "@aethyr/kernel";
import type { RebuildNews } from "../rebuild/news.ts";
import type { Reach } from "./reach.ts";
import { badOf, rebuildableWorldOfEachTest } from "./rebuildable-world.ts";

/** What a rebuild says of a log that it cannot replay, whichever way it is asked for. */
export function rebuildTroubleSuite(name: string, reach: Reach): void {
  describe(`${name}: rebuild in trouble`, () => {
    const small = rebuildableWorldOfEachTest(reach);

    describe("a stream that cannot be replayed is named, and the others are replayed all the same", () => {
      async function append(the: Ref, type: string, data: Json, schema = 1): Promise<void> {
        const [head] = await small.store.heads([the]);
        const meta = { command: `${type}-x`, actor: null, correlation: "x", causation: null };
        const event = { id: `${type}-${the.id}/0`, type, schema, machine: 1, time: "2026-01-01T00:00:00.000Z", data, meta };
        await small.store.append([
          { writes: [{ stream: the, expected: head!.version === 0 ? "no-stream" : head!.version, events: [event] }] },
        ]);
      }

      test.each([
        ["the chart refuses", ref("room", "bad"), "RoomDescriptionUpdated", { description: "x" }, 1, "illegal_event"],
        ["nobody knows", ref("room", "bad"), "RoomSang", {}, 1, "unreadable_event"],
        ["is newer than the program", ref("room", "bad"), "RoomCreated", {}, 9, "unreadable_event"],
        ["is of an unknown type", ref("dragon", "bad"), "Born", {}, 1, "unknown_aggregate_type"],
      ] as const)("[A13] an event that %s", async (_, the, type, data, schema, code) => {
        await small.fill(3);
        await append(the, type, data, schema);
        const report = await small.rebuild();
        expect(badOf(report)).toEqual([["bad", "log", 1, code]]);
        expect(report).toMatchObject({ streams: 7, equal: 6, failed: 1, complete: false });
      });

      test("[A13] a hole, and an end that is missing", async () => {
        await small.fill(3);
        const { readStream } = small.store;
        const without = (missing: number): void => {
          small.broken = {
            readStream: async (the, options) =>
              (await readStream(the, options)).filter((each) => the.id !== "hall" || each.version !== missing),
          };
        };
        without(2);
        expect(badOf(await small.rebuild())).toEqual([["hall", "log", 2, "unreadable_event"]]);
        without(3);
        expect(badOf(await small.rebuild())).toEqual([
          ["hall", "log", 3, "incomplete"],
          ["hall", "live", 3, "ahead_of_log"],
        ]);
      });

      test("[A13] a stream that the log counts and does not list", async () => {
        await small.fill(3);
        const { listStreams } = small.store;
        small.broken = { listStreams: async (options) => (await listStreams(options)).filter(({ id }) => id !== "hall") };
        const report = await small.rebuild();
        expect(report).toMatchObject({ complete: false, bad: [{ stream: null, what: "log", code: "incomplete" }] });
      });

      test("[A13] of very many bad streams the first hundred are named, the others counted", async () => {
        await small.fill(0);
        for (let index = 0; index < 130; index += 1) await append(ref("room", `bad-${index}`), "RoomSang", {});
        const report = await small.rebuild();
        expect([report.bad.length, report.moreBad, report.failed]).toEqual([100, 30, 130]);
      });
    });

    test("[G11] [A21] a store that fails ends the rebuild with its error, and no report", async () => {
      await small.fill(30);
      let reads = 0;
      const { readStream } = small.store;
      small.broken = {
        readStream: async (the, options) => {
          if ((reads += 1) > 10) throw new UnavailableError("the disk is gone");
          return readStream(the, options);
        },
      };
      const news: RebuildNews[] = [];
      await expect(
        (async () => {
          for await (const each of small.operations.rebuildWorld()) news.push(each);
        })(),
      ).rejects.toMatchObject({ code: "unavailable" });
      expect(news.map(({ kind }) => kind)).not.toContain("report");
      small.broken = {};
      expect(await small.rebuild()).toMatchObject({ bad: [] });
    });
  });
}
