import { describe, expect, test, vi } from "vitest";
import { run } from "../database.ts";
import { nullable, projection, table, text } from "../index.ts";
import { createWorld, expectFold, level, project, rowsOf, started, statesOf, until, wipe, type UsedDatabase } from "./fixture.ts";
import { history, made, thingEvents, things, type World } from "./small-world.ts";

export function versionsContract(database: UsedDatabase): void {
  describe("versions", () => {
    /** A world whose read models were made by a program that has ended. */
    async function madeBefore(): Promise<World> {
      const world = createWorld();
      await world.happen(history);
      await (await started(database(), world)).close();
      return world;
    }
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
      const world = await madeBefore();
      const next = project(database(), world, { projections: [second] });
      next.start();
      await until(async () => (await next.status())[0]?.active === "things_v2");
      await level(next, world);
      await expectFold(database(), world, { projection: second });
      expect(await statesOf(database())).toEqual({ things_v1: "retired", things_v2: "active" });
      const views = await run(database().kysely, "select viewname as name from pg_views where schemaname = 'public' order by 1");
      expect(views).toEqual([{ name: "things" }]);
      // The older program sees that it is older, and leaves everything as it is.
      const older = project(database(), world);
      older.start();
      await until(async () => (await older.status())[0]?.problem?.code === "projection_version");
      expect(await statesOf(database())).toEqual({ things_v1: "retired", things_v2: "active" });
    });

    test("a new version that is not to switch by itself waits; switched back, the newer program leaves it so", async () => {
      const world = await madeBefore();
      const next = project(database(), world, { projections: [second], switchWhenLevel: false });
      next.start();
      await until(async () => "things_v2" in (await statesOf(database())));
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
      const world = await madeBefore();
      await run(database().kysely, "create view public.mine as select id, moves from public.things");
      const next = project(database(), world, { projections: [second], switchWhenLevel: false });
      next.start();
      await until(async () => "things_v2" in (await statesOf(database())));
      await next.untilLevel("things", "things_v2");
      await expect(next.switchTo("things", "things_v2")).rejects.toThrow(/depend/);
      expect((await next.status())[0]?.active).toBe("things_v1");
      expect(await rowsOf(database(), "public", "mine")).toHaveLength(2);
    });

    test("[A12] a new version whose switch fails takes the active one's place as soon as it can, also after a restart", async () => {
      const world = await madeBefore();
      await run(database().kysely, "create view public.mine as select id, moves from public.things");
      const failedSwitch = async (projections: ReturnType<typeof project>) =>
        (await projections.status())[0]?.problem?.message.includes("depend") === true;
      for (let start = 1; start <= 2; start += 1) {
        const next = project(database(), world, { projections: [second] });
        next.start();
        await until(() => failedSwitch(next));
        await world.happen([made(`cup-${start}`)]);
        await next.close();
      }
      // As an older program left it, which had said that it is level before it had switched.
      await run(database().kysely, "update aethyr.copies set level = true where schema = 'things_v2'");
      const next = project(database(), world, { projections: [second] });
      next.start();
      await until(() => failedSwitch(next));
      await run(database().kysely, "drop view public.mine");
      await until(async () => (await next.status())[0]?.active === "things_v2");
      await level(next, world);
      expect((await next.status())[0]?.copies.find(({ schema }) => schema === "things_v2")).toMatchObject({ state: "active", level: true });
      await expectFold(database(), world, { projection: second });
    });

    test("[A11] other tables under the same version are refused, with the advice to raise it; nothing is changed", async () => {
      const world = await madeBefore();
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
        const next = await started(database(), world, { projections: [mended] });
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
  });
}
