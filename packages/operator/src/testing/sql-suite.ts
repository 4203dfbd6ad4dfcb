import { describe, expect, test } from "vitest";
import type { ReadModelDatabase } from "@aethyr/projections";
import { hallsWorldOfEachTest } from "./halls.ts";
import type { Reach } from "./reach.ts";
import { createRoom } from "./small-world.ts";

/** What holds of questions in SQL, whichever way they are asked. */
export function sqlSuite(name: string, reach: Reach, openDatabase: () => Promise<ReadModelDatabase>): void {
  describe(`${name}: SQL`, () => {
    const small = hallsWorldOfEachTest(reach, openDatabase);

    test("a query gives its rows as JSON, with its columns in their order, also those of one name", async () => {
      await small.send(createRoom("hall"), createRoom("yard"));
      await small.level();
      const answer = await small.operations.readModels.query(
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
      expect(await small.operations.readModels.query("select * from halls", { limit: 1 })).toMatchObject({
        rows: { length: 1 },
        more: true,
      });
      expect(await small.operations.readModels.query("values (1), (2);\n", { limit: 2 })).toMatchObject({ more: false });
      expect(await small.operations.readModels.query("with h as (select 1 as one) select * from h where one = 2")).toEqual({
        columns: [],
        rows: [],
        more: false,
      });
    });

    test("a query right after the start waits for its tables to be made; for one that is never made there is no waiting", async () => {
      expect(await small.operations.readModels.query("select * from halls")).toEqual({ columns: [], rows: [], more: false });
      await expect(small.operations.readModels.query("select * from towers")).rejects.toMatchObject({
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
      await small.send(createRoom("hall"));
      await small.level();
      await small.operations.readModels.query(statement).then(
        // A query without columns is one all the same.
        (answer) => expect([statement, answer.rows]).toEqual(["select", [{}]]),
        (error: unknown) => expect(error).toMatchObject({ code: "sql_refused" }),
      );
      expect((await small.operations.readModels.query("select id from halls")).rows).toEqual([{ id: "hall" }]);
      await small.send(createRoom("yard"));
      await small.level();
    });

    test("[G11] what is no query, or asks for too many rows, is an invalid question", async () => {
      for (const asked of [
        () => small.operations.readModels.query("  ;; "),
        () => small.operations.readModels.query("x".repeat(100_001)),
        () => small.operations.readModels.query("select 1", { limit: 0 }),
        () => small.operations.readModels.query("select 1", { limit: 10_001 }),
      ])
        await expect(asked()).rejects.toMatchObject({ code: "invalid_request" });
    });

    test("[G11] an answer that is too large is refused by its bytes, and not sent; so many small rows are none", async () => {
      await small.send(createRoom("hall"));
      await small.level();
      const { readModels } = small.operations;
      for (const statement of ["select repeat('x', 30000) from generate_series(1, 1000)", "select repeat('x', 9000000)"])
        await expect(readModels.query(statement)).rejects.toMatchObject({ code: "sql_too_large", details: { most_bytes: 8_000_000 } });
      expect((await readModels.query("select * from generate_series(1, 10000) n", { limit: 10_000 })).rows.at(-1)).toEqual({ n: 10_000 });
      expect(await readModels.query("select repeat('x', 30000) from generate_series(1, 1000)", { limit: 10 })).toMatchObject({
        more: true,
      });
    });

    test("a column of any name is in the answer", async () => {
      const { columns, rows } = await small.operations.readModels.query('select 1 as "__proto__", 2 as "constructor"');
      expect(Object.entries(rows[0] ?? {})).toEqual(columns.map((name, index) => [name, index + 1]));
    });

    test("a lock or a setting that a query makes is gone with it", async () => {
      await small.operations.readModels.query("select pg_advisory_lock(4163748), set_config('statement_timeout', '1', false)");
      await small.send(createRoom("hall"));
      await small.level();
      expect(await small.rebuild()).toMatchObject({ switched: true });
      expect(await small.sql("select count(*)::int as n from pg_locks where locktype = 'advisory'")).toEqual([{ n: 0 }]);
    });
  });
}
