import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ref } from "@aethyr/kernel";
import {
  createProjections,
  integer,
  projection,
  table,
  text,
  type FailurePolicy,
  type Projections,
  type ReadModelDatabase,
} from "@aethyr/projections";
import { roomEvents, world as domain } from "@aethyr/world";
import { CompiledQuery } from "kysely";
import type { Operations } from "../operations.ts";
import type { ProjectionRebuildNews, ProjectionRebuildOptions, ProjectionRebuildReport } from "../read-models/read-model-operations.ts";
import { collected, type Opened } from "./operations-suite.ts";
import { createRoom, describe as describeRoom, startSmallWorld, type SmallWorld } from "./small-world.ts";

const hall = ref("room", "hall");

/** What holds of operations on read models, whichever way they reach their world, on a database that is emptied for each test. */
export function readModelsSuite(
  name: string,
  open: (world: SmallWorld) => Promise<Opened>,
  openDatabase: () => Promise<ReadModelDatabase>,
): void {
  describe(`${name}: read models`, () => {
    let database: ReadModelDatabase;
    let projections: Projections;
    let world: SmallWorld;
    let opened: Opened;
    let operations: Operations;
    /** The description that the handler cannot bear. */
    let unbearable: string | undefined;

    const halls = projection({
      name: "halls",
      version: 1,
      events: [roomEvents],
      tables: { halls: table({ columns: { id: text(), description: text(), changes: integer() }, key: ["id"] }) },
      on: {
        RoomCreated: ({ stream: { id } }, rows) => rows.halls.put({ id, description: "", changes: 0 }),
        RoomDescriptionUpdated({ stream: { id }, data: { description } }, rows) {
          if (description === unbearable) throw new Error("I cannot bear it");
          rows.halls.patch({ id }, { description });
          rows.halls.add({ id }, { changes: 1 });
        },
      },
    });
    const sql = async (statement: string) => (await database.kysely.executeQuery(CompiledQuery.raw(statement))).rows;

    beforeAll(async () => {
      database = await openDatabase();
    }, 120_000);
    afterAll(() => database.close());
    async function start(onFailure: FailurePolicy = "pause"): Promise<void> {
      world = await startSmallWorld({
        openReadModels({ store, bus }) {
          projections = createProjections({ database, store, feed: bus, domain, projections: [halls], onFailure, pollMs: 20 });
          projections.start();
          return { projections, database };
        },
      });
      opened = await open(world);
      ({ operations } = opened);
    }
    async function stop(): Promise<void> {
      await operations.close();
      await opened.close();
      await projections.close();
      await world[Symbol.asyncDispose]();
    }
    beforeEach(async () => {
      unbearable = undefined;
      for (const schema of (await sql(
        "select nspname from pg_namespace where nspname like 'halls%' or nspname in ('aethyr', 'public')",
      )) as {
        nspname: string;
      }[])
        await sql(`drop schema ${schema.nspname} cascade`);
      await sql("create schema public");
      await start();
    });
    afterEach(stop);

    const send = async (...commands: Parameters<Operations["sendCommands"]>[0]) => {
      expect((await operations.sendCommands(commands)).map(({ code }) => code)).toEqual(commands.map(() => "accepted"));
    };
    const level = async () => projections.reached("halls", await world.store.head());
    async function listed(holds: (status: Awaited<ReturnType<Operations["readModels"]["list"]>>[number]) => boolean) {
      for (;;) {
        const [status] = await operations.readModels.list();
        if (status !== undefined && holds(status)) return status;
      }
    }
    async function rebuild(options: ProjectionRebuildOptions = {}): Promise<ProjectionRebuildReport> {
      const last = (await collected(operations.readModels.rebuild("halls", options))).at(-1);
      if (last?.kind !== "report") throw new Error(`it ended with ${JSON.stringify(last)}`);
      return last.report;
    }

    test("[A11] every projection is listed with its copies, and how far behind they are", async () => {
      await send(createRoom("hall"), createRoom("yard"));
      await level();
      expect(await operations.readModels.list()).toEqual([
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
              position: await world.store.head(),
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
      await send(createRoom("hall"), describeRoom("hall", "Warm."));
      await level();
      const news = await collected(operations.readModels.rebuild("halls"));
      expect(news[0]).toEqual({ kind: "made", schema: "halls_v1_b2" });
      expect(news.at(-2)).toMatchObject({ kind: "progress", schema: "halls_v1_b2", events: 2, lagEvents: 0 });
      expect(news.at(-1)).toMatchObject({
        kind: "report",
        report: {
          projection: "halls",
          schema: "halls_v1_b2",
          events: 2,
          position: await world.store.head(),
          comparison: { left: "halls_v1", right: "halls_v1_b2", equal: true, tables: [{ table: "halls", leftRows: 1, rightRows: 1 }] },
          switched: true,
          before: "halls_v1",
        },
      });
      const [status] = await operations.readModels.list();
      expect(status?.active).toBe("halls_v1_b2");
      expect(status?.copies.map(({ schema, state }) => [schema, state])).toEqual([
        ["halls_v1", "retired"],
        ["halls_v1_b2", "active"],
      ]);
      await operations.readModels.drop("halls", "halls_v1");
      await expect(operations.readModels.drop("halls", "halls_v1_b2")).rejects.toMatchObject({ code: "projection_state" });
      expect((await operations.readModels.list())[0]?.copies).toHaveLength(1);
      await send(createRoom("yard"));
      await level();
      expect((await operations.readModels.query("select id from halls order by id")).rows).toEqual([{ id: "hall" }, { id: "yard" }]);
    });

    test("[A21] a rebuild of tables that somebody has changed says what was wrong, and mends it", async () => {
      await send(createRoom("hall"), createRoom("yard"));
      await level();
      await sql("update halls_v1.halls set description = 'A lie.' where id = 'hall'");
      const { comparison, switched } = await rebuild();
      expect(comparison).toMatchObject({ equal: false, tables: [{ changed: 1, keys: [{ id: "hall" }] }] });
      expect(switched).toBe(true);
      expect((await operations.readModels.query("select description from halls")).rows).toEqual([{ description: "" }, { description: "" }]);
    });

    test("[A12] a copy that is kept is compared and switched to when somebody says so", async () => {
      await send(createRoom("hall"));
      await level();
      expect(await rebuild({ keep: true })).toMatchObject({ schema: "halls_v1_b2", comparison: null, switched: false, before: null });
      expect((await operations.readModels.list())[0]?.active).toBe("halls_v1");
      expect(await operations.readModels.compare("halls", "halls_v1_b2")).toMatchObject({ equal: true });
      await operations.readModels.switchTo("halls", "halls_v1_b2");
      expect((await operations.readModels.list())[0]?.active).toBe("halls_v1_b2");
      await send(createRoom("yard"));
      await level();
      await expect(operations.readModels.switchTo("halls", "halls_v1")).rejects.toMatchObject({ code: "projection_state" });
      await operations.readModels.switchTo("halls", "halls_v1", { evenIfBehind: true });
      await level();
      expect((await operations.readModels.query("select id from halls_v1.halls order by id")).rows).toEqual([
        { id: "hall" },
        { id: "yard" },
      ]);
    });

    test("[A14] the world as it was stays beside the active copy, under the name that is told", async () => {
      await send(createRoom("hall"), describeRoom("hall", "Draughty."), describeRoom("hall", "Warm."));
      await level();
      const events = await operations.history(hall);
      for (const [until, description] of [
        [{ position: events[1]?.position ?? 0 }, "Draughty."],
        [{ time: new Date(Date.now() + 3_600_000).toISOString() }, "Warm."],
      ] as const) {
        const { schema, switched, comparison } = await rebuild({ until });
        expect([switched, comparison]).toEqual([false, null]);
        expect((await operations.readModels.query(`select description from ${schema}.halls`)).rows).toEqual([{ description }]);
        await expect(operations.readModels.switchTo("halls", schema)).rejects.toMatchObject({ code: "projection_state" });
      }
      expect((await operations.readModels.list())[0]?.active).toBe("halls_v1");
    });

    test("[G8] a handler that fails pauses its read model, which is listed; resumed it fails again, and skipped it goes on without the event", async () => {
      unbearable = "Bad.";
      await send(createRoom("hall"), describeRoom("hall", "Bad."), describeRoom("hall", "Good."));
      const paused = await listed(({ copies }) => copies[0]?.failure != null);
      expect(paused.copies[0]?.failure).toMatchObject({ code: "projection_failed", event: "RoomDescriptionUpdated", stream: "room/hall" });
      expect(paused.copies[0]?.failure?.message).toContain("I cannot bear it");
      await operations.readModels.resume("halls");
      await listed(({ copies }) => copies[0]?.failure != null);
      await expect(collected(operations.readModels.rebuild("halls"))).rejects.toMatchObject({
        code: "projection_state",
        message: expect.stringContaining("I cannot bear it") as string,
      });
      const skipped = await operations.readModels.skip("halls", "nobody can");
      expect(skipped).toMatchObject({ schema: "halls_v1", kind: "skipped", stream: "room/hall", version: 2, reason: "nobody can" });
      await level();
      expect(await operations.readModels.parked("halls")).toEqual([skipped]);
      expect((await operations.readModels.query("select description, changes from halls")).rows).toEqual([
        { description: "Good.", changes: 1 },
      ]);
      await expect(operations.readModels.skip("halls", "again")).rejects.toMatchObject({ code: "projection_state" });
    });

    test("[G8] parked events are listed, and tried again when somebody says so", async () => {
      await stop();
      unbearable = "Bad.";
      await start("park");
      await send(createRoom("hall"), describeRoom("hall", "Bad."), describeRoom("hall", "Good."), createRoom("yard"));
      await level();
      expect((await operations.readModels.parked()).map(({ kind, version, stream }) => [kind, version, stream])).toEqual([
        ["parked", 2, "room/hall"],
        ["parked", 3, "room/hall"],
      ]);
      expect(await operations.readModels.retry("halls")).toMatchObject([
        { stream: "room/hall", events: 0, failure: { code: "projection_failed" } },
      ]);
      unbearable = undefined;
      expect(await operations.readModels.retry("halls", { stream: "room/yard" })).toEqual([]);
      expect(await operations.readModels.retry("halls", { stream: "room/hall", schema: "halls_v1" })).toEqual([
        { stream: "room/hall", events: 2, failure: null },
      ]);
      expect(await operations.readModels.parked()).toEqual([]);
      expect((await operations.readModels.query("select changes from halls where id = 'hall'")).rows).toEqual([{ changes: 2 }]);
    });

    test("a query gives its rows as JSON, with its columns in their order, also those of one name", async () => {
      await send(createRoom("hall"), createRoom("yard"));
      await level();
      const answer = await operations.readModels.query(
        "select id, changes, id, count(*) over () as n, 1.5 as price, '2026-01-01T00:00:00Z'::timestamptz as at, null as nothing from halls order by id -- all of them",
      );
      expect(answer.columns).toEqual(["id", "changes", "id_2", "n", "price", "at", "nothing"]);
      expect(answer.rows[0]).toEqual({
        id: "hall",
        changes: 0,
        id_2: "hall",
        n: 2,
        price: 1.5,
        at: "2026-01-01T00:00:00+00:00",
        nothing: null,
      });
      expect(answer).toMatchObject({ more: false });
      expect(await operations.readModels.query("select * from halls", { limit: 1 })).toMatchObject({ rows: { length: 1 }, more: true });
      expect(await operations.readModels.query("values (1), (2);\n", { limit: 2 })).toMatchObject({ more: false });
      expect(await operations.readModels.query("with h as (select 1 as one) select * from h where one = 2")).toEqual({
        columns: [],
        rows: [],
        more: false,
      });
    });

    test("a query right after the start waits for its tables to be made; for one that is never made there is no waiting", async () => {
      expect(await operations.readModels.query("select * from halls")).toEqual({ columns: [], rows: [], more: false });
      await expect(operations.readModels.query("select * from towers")).rejects.toMatchObject({
        code: "sql_refused",
        details: { sqlstate: "42P01" },
      });
    });

    test.each([
      ["delete from halls"],
      ["with gone as (delete from halls returning id) select * from gone"],
      ["select 1; delete from halls"],
      ["select 1) as aethyr_row limit $1; delete from halls; --"],
      ["commit; delete from halls"],
      ["drop schema halls_v1 cascade"],
      ["copy halls to '/tmp/halls'"],
      ["select set_config('transaction_read_only', 'off', false)"],
      ["select pg_read_file('PG_VERSION')"],
      ["select * from halls for update"],
      ["select query_to_xml('delete from halls', true, true, '')"],
      ["select lo_create(0)"],
      ["update aethyr.copies set position = 0"],
      ["select"],
      ["selec"],
      ["select $1, $2"],
    ])("[A18] %j is refused, and changes nothing", async (statement) => {
      await send(createRoom("hall"));
      await level();
      await operations.readModels.query(statement).then(
        // A query without columns is one all the same.
        (answer) => expect([statement, answer.rows]).toEqual(["select", [{}]]),
        (error: unknown) => expect(error).toMatchObject({ code: "sql_refused" }),
      );
      expect((await operations.readModels.query("select id from halls")).rows).toEqual([{ id: "hall" }]);
      await send(createRoom("yard"));
      await level();
    });

    test("[G11] what is no query, or asks for too many rows, is an invalid question", async () => {
      for (const asked of [
        () => operations.readModels.query("  ;; "),
        () => operations.readModels.query("x".repeat(100_001)),
        () => operations.readModels.query("select 1", { limit: 0 }),
        () => operations.readModels.query("select 1", { limit: 10_001 }),
      ])
        await expect(asked()).rejects.toMatchObject({ code: "invalid_request" });
    });

    test("a lock or a setting that a query makes is gone with it", async () => {
      await operations.readModels.query("select pg_advisory_lock(4163748), set_config('statement_timeout', '1', false)");
      await send(createRoom("hall"));
      await level();
      expect(await rebuild()).toMatchObject({ switched: true });
      expect(await sql("select count(*)::int as n from pg_locks where locktype = 'advisory'")).toEqual([{ n: 0 }]);
    });

    test("[A11] what there is not is told as such", async () => {
      await send(createRoom("hall"));
      await level();
      const { readModels } = operations;
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
      await operations.close();
      await expect(operations.readModels.list()).rejects.toMatchObject({ code: "closed" });
      await expect(collected(operations.readModels.rebuild("halls"))).rejects.toMatchObject({ code: "closed" });
    });
  });
}
