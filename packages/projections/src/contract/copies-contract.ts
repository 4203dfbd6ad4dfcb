import { describe, expect, test, vi } from "vitest";
import { run } from "../database.ts";
import { nullable, projection, table, text } from "../index.ts";
import { createWorld, expectFold, level, project, rowsOf, until, wipe, type UsedDatabase } from "./fixture.ts";
import { domain, made, moved, thingEvents, things } from "./small-world.ts";

export function copiesContract(database: UsedDatabase): void {
  describe("copies", () => {
    const stateOf = async (): Promise<Readonly<Record<string, string>>> =>
      Object.fromEntries(
        (await run<{ schema: string; state: string }>(database().kysely, "select schema, state from aethyr.copies")).map(
          ({ schema, state }) => [schema, state],
        ),
      );
    const history = [made("axe", "player/ada"), moved("axe", "player/bob"), made("bag", "room/hall"), moved("axe", null)];

    test("[A12] [G8] a rebuild beside the active copy gives the same rows, row by row; switched to, the old one is kept until it is dropped", async () => {
      const world = createWorld();
      await world.happen(history);
      const projections = project(database(), world);
      projections.start();
      await level(projections, world);
      const schema = await projections.rebuild("things");
      expect(schema).toBe("things_v1_b2");
      await projections.untilLevel("things", schema);
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
      expect(await stateOf()).toEqual({ things_v1: "retired", [schema]: "active" });
      await world.happen([made("cup")]);
      await level(projections, world);
      await expectFold(database(), world);
      expect(await rowsOf(database(), "things_v1", "things")).toHaveLength(2);
      await projections.drop("things", "things_v1");
      expect(await stateOf()).toEqual({ [schema]: "active" });
      expect(await run(database().kysely, "select 1 from pg_namespace where nspname = 'things_v1'")).toEqual([]);
      await expect(projections.drop("things", schema)).rejects.toMatchObject({ code: "projection_state" });
    });

    test("[A12] a rebuild that is stopped on the way goes on where it was, by whoever comes next; until it is switched to, the old copy is there", async () => {
      const world = createWorld();
      await world.happen(history);
      await world.happen(
        Array.from({ length: 600 }, (_, step) => moved(step % 2 === 0 ? "axe" : "bag", step % 3 === 0 ? null : `player/p${step % 5}`)),
      );
      const projections = project(database(), world, { batchEvents: 1000 });
      projections.start();
      await level(projections, world);
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
      const projections = project(database(), world);
      projections.start();
      await level(projections, world);
      const schema = await projections.rebuild("things");
      await projections.untilLevel("things", schema);
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
      const projections = project(database(), world);
      projections.start();
      await level(projections, world);
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
      expect(Object.values(await stateOf()).sort()).toEqual(["active", "done", "done", "done", "done"]);
      await expect(projections.compare("things", "things_v1_b2", { timeoutMs: 1 })).rejects.toMatchObject({
        code: "projection_state",
        details: { left_position: late[0]?.position },
      });
      await expect(projections.rebuild("things", { until: { time: "yesterday" } })).rejects.toMatchObject({ code: "projection_state" });
      await expect(projections.rebuild("things", { until: { position: -1 } })).rejects.toMatchObject({ code: "projection_state" });
    });

    /** The second version: other columns, and one table less. */
    const second = projection({
      name: "things",
      version: 2,
      events: [thingEvents],
      tables: { things: table({ columns: { label: text(), id: text(), holder: nullable(text()) }, key: ["id"] }) },
      on: {
        ThingMade: ({ stream, data }, { things }) => things.put({ id: stream.id, label: data.name, holder: data.holder }),
        ThingMoved: ({ stream, data }, { things }) => things.patch({ id: stream.id }, { holder: data.holder }),
      },
    });

    test("[A11] a new version is made beside the old one, which is there until it is level, and then takes its place with other columns", async () => {
      const world = createWorld();
      await world.happen(history);
      const first = project(database(), world);
      first.start();
      await level(first, world);
      await first.close();
      const next = project(database(), world, { projections: [second] });
      next.start();
      await until(async () => (await next.status())[0]?.active === "things_v2");
      await level(next, world);
      await expectFold(database(), world, { projection: second });
      expect(await stateOf()).toEqual({ things_v1: "retired", things_v2: "active" });
      const views = await run(database().kysely, "select viewname as name from pg_views where schemaname = 'public' order by 1");
      expect(views).toEqual([{ name: "things" }]);
      // The older program sees that it is older, and leaves everything as it is.
      const older = project(database(), world);
      older.start();
      await until(async () => (await older.status())[0]?.problem?.code === "projection_version");
      expect(await stateOf()).toEqual({ things_v1: "retired", things_v2: "active" });
    });

    test("a new version that is not to switch by itself waits; switched back, the newer program leaves it so", async () => {
      const world = createWorld();
      await world.happen(history);
      const first = project(database(), world);
      first.start();
      await level(first, world);
      await first.close();
      const next = project(database(), world, { projections: [second], switchWhenLevel: false });
      next.start();
      await until(async () => "things_v2" in (await stateOf()));
      await next.untilLevel("things", "things_v2");
      expect((await next.status())[0]?.active).toBe("things_v1");
      const { equal, tables } = await next.compare("things", "things_v2");
      expect(equal).toBe(false);
      expect(tables.find(({ table }) => table === "things")).toMatchObject({
        changed: 0,
        otherColumns: ["changed_at", "label", "moves", "name"],
      });
      expect(tables.find(({ table }) => table === "event_counts")).toMatchObject({ leftRows: 2, rightRows: null, onlyLeft: 2 });
      await next.switchTo("things", "things_v2");
      await world.happen([made("cup")]);
      await level(next, world);
      await expect(next.switchTo("things", "things_v1")).rejects.toMatchObject({
        code: "projection_state",
        details: { schema: "things_v1" },
      });
      await next.switchTo("things", "things_v1", { evenIfBehind: true });
      expect(await rowsOf(database(), "public", "things")).toHaveLength(2);
      await until(async () => (await next.status())[0]?.problem?.code === "projection_version");
    });

    test("a view that others have built on keeps a switch from happening, and everything is as before", async () => {
      const world = createWorld();
      await world.happen(history);
      const first = project(database(), world);
      first.start();
      await level(first, world);
      await first.close();
      await run(database().kysely, "create view public.mine as select id, moves from public.things");
      const next = project(database(), world, { projections: [second], switchWhenLevel: false });
      next.start();
      await until(async () => "things_v2" in (await stateOf()));
      await next.untilLevel("things", "things_v2");
      await expect(next.switchTo("things", "things_v2")).rejects.toThrow(/depend/);
      expect((await next.status())[0]?.active).toBe("things_v1");
      expect(await rowsOf(database(), "public", "mine")).toHaveLength(2);
    });

    test("[A11] other tables under the same version are refused, with the advice to raise it; nothing is changed", async () => {
      const world = createWorld();
      await world.happen(history);
      const first = project(database(), world);
      first.start();
      await level(first, world);
      await first.close();
      const changed = project(database(), world, { projections: [{ ...second, version: 1 }] });
      changed.start();
      await until(async () => (await changed.status())[0]?.problem !== undefined);
      expect((await changed.status())[0]?.problem).toMatchObject({
        code: "projection_version",
        message: expect.stringContaining("raise its version") as string,
      });
      await expectFold(database(), world);
    });

    test("[A11] a migration that fails is undone, and keeps nobody else from going on; mended, it is applied, each step once", async () => {
      const world = createWorld();
      await world.happen(history);
      const ran = vi.fn();
      const broken = things({
        migrations: {
          good: async (db) => {
            ran();
            await db.schema.createIndex("by_name").on("things").column("name").execute();
          },
          bad: async (db) => db.schema.alterTable("nothing_there").dropColumn("x").execute(),
        },
      });
      const other = { ...second, name: "labels", tables: { labels: second.tables["things"]! }, on: new Map() };
      const first = project(database(), world, { projections: [broken, other] });
      first.start();
      await until(async () => (await first.status()).find(({ projection }) => projection === "things")?.problem !== undefined);
      expect((await first.status()).find(({ projection }) => projection === "things")).toMatchObject({
        problem: { code: "migration_failed" },
        active: undefined,
        copies: [],
      });
      await level(first, world, "labels");
      expect(await run(database().kysely, "select 1 from pg_namespace where nspname like 'things%'")).toEqual([]);
      await first.close();
      const mended = things({ migrations: { good: broken.migrations["good"]!, bad: async () => undefined } });
      for (let start = 1; start <= 2; start += 1) {
        const next = project(database(), world, { projections: [mended] });
        next.start();
        await level(next, world);
        await next.close();
      }
      expect(ran).toHaveBeenCalledTimes(2);
      expect(
        await run(database().kysely, "select name from aethyr.migrations where scope = 'things_v1' order by applied_at, name"),
      ).toHaveLength(3);
    });

    test("a name in public that is somebody else's is left alone, with a clear error", async () => {
      const world = createWorld();
      await run(database().kysely, "create table public.things (mine text)");
      const projections = project(database(), world);
      projections.start();
      await until(async () => (await projections.status())[0]?.problem?.code === "name_taken");
      await wipe(database());
      await run(database().kysely, "create schema things_v1");
      const again = project(database(), world);
      again.start();
      await until(async () => (await again.status())[0]?.problem?.code === "name_taken");
      expect(await run(database().kysely, "select 1 from pg_namespace where nspname = 'things_v1'")).toHaveLength(1);
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
