import { describe, expect, test } from "vitest";
import { fits, ref } from "@aethyr/kernel";
import { world as domain } from "@aethyr/world";
import { isClean, type RebuildNews } from "../rebuild/news.ts";
import { collected } from "./collected.ts";
import type { Reach } from "./reach.ts";
import { badOf, hall, rebuildableWorldOfEachTest } from "./rebuildable-world.ts";
import { command, createRoom, describe as describeRoom } from "./small-world.ts";

/** What a rebuild compares and counts, whichever way it is asked for. */
export function rebuildSuite(name: string, reach: Reach): void {
  describe(`${name}: rebuild`, () => {
    const small = rebuildableWorldOfEachTest(reach);

    test("[A13] [A21] a world whose actors and snapshots are what the events make of them is equal, with real counts", async () => {
      await small.fill();
      await small.store.saveSnapshot(await small.snapshotNow(hall));
      await small.store.saveSnapshot(await small.snapshotNow(hall, 2));
      const report = await small.rebuild();
      expect(report).toMatchObject({
        streams: 23,
        events: 26,
        equal: 23,
        different: 0,
        failed: 0,
        live: { compared: 23, different: 0 },
        snapshots: { compared: 2, different: 0, unused: 0, written: 0 },
        anew: null,
        complete: true,
        aggregates: 22,
        bad: [],
        moreBad: 0,
      });
      expect(report.hash).toMatch(/^[0-9a-f]{64}$/);
      expect(isClean(report)).toBe(true);
    });

    test("[A13] an empty world is equal to itself", async () => {
      expect(await small.rebuild()).toMatchObject({ streams: 0, events: 0, complete: true, bad: [] });
    });

    test("[A13] a corrupt actor and a corrupt snapshot are both named, and all that was found is reported", async () => {
      await small.fill();
      const sword = ref("game-object", "sword");
      await small.saveLie(sword);
      small.corrupt(hall);
      const news = await collected(small.operations.rebuildWorld());
      const report = news.at(-1) as Extract<RebuildNews, { kind: "report" }>;
      expect(badOf(report.report)).toEqual([
        ["sword", "snapshot", 1, "differs"],
        ["hall", "live", 3, "differs"],
      ]);
      expect(report.report).toMatchObject({ different: 2, equal: 21, live: { different: 1 }, snapshots: { compared: 1, different: 1 } });
      expect(isClean(report.report)).toBe(false);
      expect(news.filter(({ kind }) => kind === "bad")).toHaveLength(2);
      expect(news.some(({ kind }) => kind === "progress")).toBe(true);
    });

    test("[A13] cleared, the actors are made anew and equal; with snapshots written, those too", async () => {
      await small.fill();
      await small.saveLie(hall);
      small.corrupt(hall);
      const first = await small.rebuild({ clear: true, writeSnapshots: true });
      expect(new Set(badOf(first).map(([, what]) => what))).toEqual(new Set(["live", "snapshot"]));
      expect(first).toMatchObject({ snapshots: { written: 1 }, anew: { compared: 23, different: 0 } });
      expect(await small.rebuild()).toMatchObject({ equal: 23, bad: [], live: { different: 0 } });
      expect(await small.operations.showAggregate(hall)).toMatchObject({ context: { name: "The hall", description: "Warm." } });
      await small.operations.sendCommands([command("UpdateRoomDescription", hall, { description: "A lie." })]);
      expect(await small.operations.showAggregate(hall)).toMatchObject({ version: 4 });
    });

    test("[A13] an actor that is made anew from a corrupt snapshot is named once more", async () => {
      await small.fill(1);
      await small.saveLie(hall);
      expect(await small.rebuild({ clear: true })).toMatchObject({
        anew: { different: 1 },
        bad: [{ what: "snapshot" }, { what: "live", message: expect.stringContaining("also after it was made anew") as string }],
      });
    });

    test("[A14] without any snapshot it is the same world, and snapshots are written where the policy wants them", async () => {
      const many = Array.from({ length: 250 }, (_, index) => describeRoom("hall", `${index}`));
      await small.operations.sendCommands([createRoom("hall"), createRoom("yard"), ...many]);
      const before = await small.rebuild();
      small.broken = { loadSnapshot: async () => undefined };
      const without = await small.rebuild({ writeSnapshots: true });
      small.broken = {};
      expect(without).toMatchObject({ hash: before.hash, equal: 2, snapshots: { compared: 0, written: 1 } });
      const saved = await small.store.loadSnapshot(hall);
      expect(saved).toMatchObject({ version: 251, state: { context: { description: "249" } } });
      expect(fits(domain.aggregates.get("room")!, saved!)).toBe(true);
    });

    test("[A13] the hash tells worlds apart, whatever the way that led there", async () => {
      await small.fill(2);
      const one = await small.rebuild();
      await small.operations.sendCommands([describeRoom("hall", "Cold.")]);
      const other = await small.rebuild();
      await small.operations.sendCommands([describeRoom("hall", "Warm.")]);
      const again = await small.rebuild();
      expect(other.hash).not.toBe(one.hash);
      expect(again.hash).toBe(one.hash);
    });

    test("[A13] snapshots of another machine, or of a later log, are nobody's and no fault", async () => {
      await small.fill(1);
      const snapshot = await small.snapshotNow(hall);
      await small.store.saveSnapshot({ ...snapshot, version: 1, machine: { ...snapshot.machine, structure: "another" } });
      await small.store.saveSnapshot({ ...snapshot, version: 99 });
      expect(await small.rebuild()).toMatchObject({ bad: [], snapshots: { compared: 0, unused: 2 } });
    });
  });
}
