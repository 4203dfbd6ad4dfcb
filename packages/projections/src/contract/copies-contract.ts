import { describe, expect, test } from "vitest";
import { run } from "../database.ts";
import type { Projections } from "../index.ts";
import { createWorld, expectFold, level, project, rowsOf, started, statesOf, until, type UsedDatabase } from "./fixture.ts";
import { domain, history, made, moved } from "./small-world.ts";

export function copiesContract(database: UsedDatabase): void {
  describe("copies", () => {
    /** A copy beside the active one, level with it. */
    async function rebuilt(projections: Projections): Promise<string> {
      const schema = await projections.rebuild("things");
      await projections.untilLevel("things", schema);
      return schema;
    }

    test("[A12] [G8] a rebuild beside the active copy gives the same rows, row by row; switched to, the old one is kept until it is dropped", async () => {
      const world = createWorld();
      await world.happen(history);
      const projections = await started(database(), world);
      const schema = await rebuilt(projections);
      expect(schema).toBe("things_v1_b2");
      await world.happen([moved("bag", "player/ada")]);
      await level(projections, world);
      expect(await projections.compare("things", schema)).toMatchObject({
        left: "things_v1",
        right: schema,
        position: await world.store.head(),
        equal: true,
        tables: [
          { table: "event_counts", leftRows: 2, rightRows: 2 },
          { table: "thing_custody", leftRows: 4, rightRows: 4, onlyLeft: 0, onlyRight: 0, changed: 0, keys: [] },
          { table: "things", leftRows: 2 },
        ],
      });
      await projections.switchTo("things", schema);
      expect(await statesOf(database())).toEqual({ things_v1: "retired", [schema]: "active" });
      await world.happen([made("cup")]);
      await level(projections, world);
      await expectFold(database(), world);
      expect(await rowsOf(database(), "things_v1", "things")).toHaveLength(2);
      await projections.drop("things", "things_v1");
      expect(await statesOf(database())).toEqual({ [schema]: "active" });
      expect(await run(database().kysely, "select 1 from pg_namespace where nspname = 'things_v1'")).toEqual([]);
      await expect(projections.drop("things", schema)).rejects.toMatchObject({ code: "projection_state" });
    });

    test("[A12] a rebuild that is stopped on the way goes on where it was, by whoever comes next; until it is switched to, the old copy is there", async () => {
      const world = createWorld();
      await world.happen(history);
      await world.happen(
        Array.from({ length: 600 }, (_, step) => moved(step % 2 === 0 ? "axe" : "bag", step % 3 === 0 ? null : `player/p${step % 5}`)),
      );
      const projections = await started(database(), world, { batchEvents: 1000 });
      await projections.close();
      const slow = project(database(), world, { batchEvents: 3 });
      slow.start();
      const schema = await slow.rebuild("things");
      const passed = async (): Promise<number> =>
        (await run<{ events: number }>(database().kysely, "select events from aethyr.copies where schema = $1", [schema]))[0]?.events ?? 0;
      await until(async () => (await passed()) > 10);
      await slow.close();
      const stoppedAt = await passed();
      expect(stoppedAt).toBeLessThan(600);
      await expectFold(database(), world);
      await expect(slow.switchTo("things", schema)).rejects.toMatchObject({ code: "projection_state" });
      const next = project(database(), world, { batchEvents: 100 });
      next.start();
      await next.untilLevel("things", schema);
      expect(await next.compare("things", schema)).toMatchObject({ equal: true });
      await next.switchTo("things", schema);
      await expectFold(database(), world);
    });

    test("a comparison names the rows that differ, and whose they are", async () => {
      const world = createWorld();
      await world.happen(history);
      const projections = await started(database(), world);
      const schema = await rebuilt(projections);
      await run(database().kysely, `update ${schema}.things set name = 'forged' where id = 'axe'`);
      await run(database().kysely, `delete from ${schema}.things where id = 'bag'`);
      await run(database().kysely, `insert into ${schema}.things select 'cup', name, holder, moves, changed_at from ${schema}.things`);
      const { equal, tables } = await projections.compare("things", schema);
      expect(equal).toBe(false);
      expect(tables.find(({ table }) => table === "things")).toEqual({
        table: "things",
        leftRows: 2,
        rightRows: 2,
        onlyLeft: 1,
        onlyRight: 1,
        changed: 1,
        otherColumns: [],
        keys: [{ id: "axe" }, { id: "bag" }, { id: "cup" }],
      });
    });

    test("[G8] the world as it was: a copy until a position or a time is the fold of the log up to there, and is not followed", async () => {
      const world = createWorld();
      const events = await world.happen(history);
      const projections = await started(database(), world);
      for (const [upTo, wanted] of [
        [events[1]?.position ?? 0, { position: events[1]?.position ?? 0 }],
        [events[2]?.position ?? 0, { time: events[2]?.time ?? "" }],
        [events[3]?.position ?? 0, { position: 1_000_000_000 }],
        [0, { position: 0 }],
      ] as const) {
        const schema = await projections.rebuild("things", { until: wanted });
        await projections.untilLevel("things", schema);
        await expectFold(database(), world, { schema, upTo });
        await expect(projections.switchTo("things", schema)).rejects.toMatchObject({ code: "projection_state" });
      }
      const late = await world.happen([made("cup")]);
      await level(projections, world);
      expect(await rowsOf(database(), "things_v1_b4", "things")).toHaveLength(2);
      expect(Object.values(await statesOf(database())).sort()).toEqual(["active", "done", "done", "done", "done"]);
      await expect(projections.compare("things", "things_v1_b2", { timeoutMs: 1 })).rejects.toMatchObject({
        code: "projection_state",
        details: { left_position: late[0]?.position },
      });
      await expect(projections.rebuild("things", { until: { time: "yesterday" } })).rejects.toMatchObject({ code: "projection_state" });
      await expect(projections.rebuild("things", { until: { position: -1 } })).rejects.toMatchObject({ code: "projection_state" });
    });

    test("[A12] a copy that nobody switches to stands still some time after it was level, and costs nothing more; one that was not level goes on", async () => {
      const world = createWorld();
      await world.happen(history);
      const first = await started(database(), world);
      const schema = await rebuilt(first);
      await first.close();
      const next = await started(database(), world, { besideMs: 0 });
      await until(async () => (await statesOf(database()))[schema] === "retired");
      await world.happen([made("cup")]);
      await level(next, world);
      await expectFold(database(), world);
      await expectFold(database(), world, { schema, upTo: (await world.log()).at(-2)?.position ?? 0 });
      expect((await next.status())[0]?.copies.map(({ state }) => state)).toEqual(["active", "retired"]);
      await next.drop("things", schema);
    });

    test("unknown names are told apart from everything else", async () => {
      const world = createWorld();
      const projections = project(database(), world);
      for (const asked of [
        () => projections.rebuild("elves"),
        () => projections.reached("elves", 1),
        () => projections.resume("elves"),
        () => projections.listParked("elves"),
        () => projections.retryParked("elves"),
        () => projections.compare("things", "things_v7"),
        () => projections.switchTo("things", "things_v7"),
        () => projections.drop("things", "things_v7"),
        () => projections.skip("things", "not made yet"),
      ])
        await expect(asked()).rejects.toMatchObject({ code: "unknown_projection" });
      await expect(projections.rebuild("things")).rejects.toMatchObject({ code: "projection_state" });
      expect(domain.aggregates.size).toBe(2);
    });
  });
}
