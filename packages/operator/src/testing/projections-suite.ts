import { describe, expect, test } from "vitest";
import { ref } from "@aethyr/kernel";
import type { ReadModelDatabase } from "@aethyr/projections";
import type { ProjectionRebuildNews } from "../read-models/projection-rebuild-news.ts";
import { collected } from "./collected.ts";
import { hallsWorldOfEachTest } from "./halls.ts";
import type { Reach } from "./reach.ts";
import { createRoom, describe as describeRoom } from "./small-world.ts";

const hall = ref("room", "hall");

/** What holds of listing, making anew and switching read models, whichever way they are reached. */
export function projectionsSuite(name: string, reach: Reach, openDatabase: () => Promise<ReadModelDatabase>): void {
  describe(`${name}: read models`, () => {
    const small = hallsWorldOfEachTest(reach, openDatabase);

    test("[A11] every projection is listed with its copies, and how far behind they are", async () => {
      await small.send(createRoom("hall"), createRoom("yard"));
      await small.level();
      expect(await small.operations.readModels.list()).toEqual([
        {
          projection: "halls",
          version: 1,
          active: "halls_v1",
          problem: undefined,
          copies: [
            expect.objectContaining({
              schema: "halls_v1",
              state: "active",
              active: true,
              position: await small.world.store.head(),
              events: 2,
              lagEvents: 0,
              lagSeconds: 0,
              failure: null,
              putAside: 0,
            }),
          ],
        },
      ]);
    });

    test("[A12] a rebuild makes a copy, tells how far it is, compares, switches, and keeps the old one until it is dropped", async () => {
      await small.send(createRoom("hall"), describeRoom("hall", "Warm."));
      await small.level();
      const news = await collected(small.operations.readModels.rebuild("halls"));
      expect(news[0]).toEqual({ kind: "made", schema: "halls_v1_b2" });
      expect(news.at(-2)).toMatchObject({ kind: "progress", schema: "halls_v1_b2", events: 2, lagEvents: 0 });
      expect(news.at(-1)).toMatchObject({
        kind: "report",
        report: {
          projection: "halls",
          schema: "halls_v1_b2",
          events: 2,
          position: await small.world.store.head(),
          comparison: { left: "halls_v1", right: "halls_v1_b2", equal: true, tables: [{ table: "halls", leftRows: 1, rightRows: 1 }] },
          switched: true,
          before: "halls_v1",
        },
      });
      const [status] = await small.operations.readModels.list();
      expect(status?.active).toBe("halls_v1_b2");
      expect(status?.copies.map(({ schema, state }) => [schema, state])).toEqual([
        ["halls_v1", "retired"],
        ["halls_v1_b2", "active"],
      ]);
      await small.operations.readModels.drop("halls", "halls_v1");
      await expect(small.operations.readModels.drop("halls", "halls_v1_b2")).rejects.toMatchObject({ code: "projection_state" });
      expect((await small.operations.readModels.list())[0]?.copies).toHaveLength(1);
      await small.send(createRoom("yard"));
      await small.level();
      expect((await small.operations.readModels.query("select id from halls order by id")).rows).toEqual([{ id: "hall" }, { id: "yard" }]);
    });

    test("[A21] a rebuild of tables that somebody has changed says what was wrong, and mends it", async () => {
      await small.send(createRoom("hall"), createRoom("yard"));
      await small.level();
      await small.sql("update halls_v1.halls set description = 'A lie.' where id = 'hall'");
      const { comparison, switched } = await small.rebuild();
      expect(comparison).toMatchObject({ equal: false, tables: [{ changed: 1, keys: [{ id: "hall" }] }] });
      expect(switched).toBe(true);
      expect((await small.operations.readModels.query("select description from halls")).rows).toEqual([
        { description: "" },
        { description: "" },
      ]);
    });

    test("[A12] a copy that is kept is compared and switched to when somebody says so", async () => {
      await small.send(createRoom("hall"));
      await small.level();
      expect(await small.rebuild({ keep: true })).toMatchObject({ schema: "halls_v1_b2", comparison: null, switched: false, before: null });
      expect((await small.operations.readModels.list())[0]?.active).toBe("halls_v1");
      expect(await small.operations.readModels.compare("halls", "halls_v1_b2")).toMatchObject({ equal: true });
      await small.operations.readModels.switchTo("halls", "halls_v1_b2");
      expect((await small.operations.readModels.list())[0]?.active).toBe("halls_v1_b2");
      await small.send(createRoom("yard"));
      await small.level();
      await expect(small.operations.readModels.switchTo("halls", "halls_v1")).rejects.toMatchObject({ code: "projection_state" });
      await small.operations.readModels.switchTo("halls", "halls_v1", { evenIfBehind: true });
      await small.level();
      expect((await small.operations.readModels.query("select id from halls_v1.halls order by id")).rows).toEqual([
        { id: "hall" },
        { id: "yard" },
      ]);
    });

    test("[A14] the world as it was stays beside the active copy, under the name that is told", async () => {
      await small.send(createRoom("hall"), describeRoom("hall", "Draughty."), describeRoom("hall", "Warm."));
      await small.level();
      const events = await small.operations.history(hall);
      for (const [until, description] of [
        [{ position: events[1]?.position ?? 0 }, "Draughty."],
        [{ time: new Date(Date.now() + 3_600_000).toISOString() }, "Warm."],
      ] as const) {
        const { schema, switched, comparison } = await small.rebuild({ until });
        expect([switched, comparison]).toEqual([false, null]);
        expect((await small.operations.readModels.query(`select description from ${schema}.halls`)).rows).toEqual([{ description }]);
        await expect(small.operations.readModels.switchTo("halls", schema)).rejects.toMatchObject({ code: "projection_state" });
      }
      expect((await small.operations.readModels.list())[0]?.active).toBe("halls_v1");
    });

    test("[A11] what there is not is told as such", async () => {
      await small.send(createRoom("hall"));
      await small.level();
      const { readModels } = small.operations;
      for (const asked of [
        () => collected<ProjectionRebuildNews>(readModels.rebuild("elves")),
        () => readModels.compare("halls", "halls_v7"),
        () => readModels.switchTo("halls", "halls_v7"),
        () => readModels.drop("elves", "elves_v1"),
        () => readModels.parked("elves"),
        () => readModels.retry("elves"),
        () => readModels.skip("elves", "x"),
        () => readModels.resume("elves"),
      ])
        await expect(asked()).rejects.toMatchObject({ code: "unknown_projection" });
    });

    test("closed operations refuse", async () => {
      await small.operations.close();
      await expect(small.operations.readModels.list()).rejects.toMatchObject({ code: "closed" });
      await expect(collected(small.operations.readModels.rebuild("halls"))).rejects.toMatchObject({ code: "closed" });
    });
  });
}
