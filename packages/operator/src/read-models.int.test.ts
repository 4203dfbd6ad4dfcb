import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ReadModelDatabase } from "@aethyr/projections";
import { openPglite } from "@aethyr/projections/pglite";
import { openPostgres } from "@aethyr/projections/postgres";
import { requirePostgres, startPostgres } from "@aethyr/servers";
import { CompiledQuery } from "kysely";
import { queryReadOnly } from "@aethyr/projections";
import { parkedSuite } from "./testing/parked-suite.ts";
import { projectionsSuite } from "./testing/projections-suite.ts";
import { inProcess, overHttp } from "./testing/reach.ts";
import { sqlSuite } from "./testing/sql-suite.ts";

const suites = [projectionsSuite, parkedSuite, sqlSuite];

for (const suite of suites) suite("operations in process, on PGlite", inProcess, () => openPglite());

const postgres = await requirePostgres();
describe.skipIf(postgres === undefined)("on a real PostgreSQL", () => {
  let server: Awaited<ReturnType<typeof startPostgres>>;
  beforeAll(async () => {
    server = await startPostgres();
  }, 120_000);
  afterAll(() => server.stop());

  for (const suite of suites) suite("operations over HTTP, on PostgreSQL", overHttp, async () => openPostgres({ url: server.url }));

  describe("the server", () => {
    let database: ReadModelDatabase;
    beforeAll(() => {
      database = openPostgres({ url: server.url });
    });
    afterAll(() => database.close());

    test("[G11] a query that takes too long is given up", async () => {
      await expect(queryReadOnly(database, "select pg_sleep(60)", { timeoutMs: 50 })).rejects.toMatchObject({ code: "sql_timeout" });
      expect(await queryReadOnly(database, "select 1 as one")).toMatchObject({ rows: [{ one: 1 }] });
    });

    test("[G8] questions that fill all their connections take none of those that the tables are written with", async () => {
      const asked = Array.from({ length: 12 }, () => queryReadOnly(database, "select pg_sleep(2)").catch(() => undefined));
      const counted = CompiledQuery.raw(
        "select count(*)::int as n from pg_stat_activity where query like '%pg_sleep(2)%' and state = 'active' and pid <> pg_backend_pid()",
      );
      const running = async () => (await database.kysely.executeQuery<{ n: number }>(counted)).rows[0]?.n ?? 0;
      await expect.poll(running, { timeout: 30_000 }).toBeGreaterThanOrEqual(3);
      expect(await running()).toBeLessThanOrEqual(3);
      await Promise.all(asked);
    }, 60_000);

    test("that is away is told as such", async () => {
      await server.kill("SIGINT");
      await expect(queryReadOnly(database, "select 1")).rejects.toMatchObject({ code: "database_unavailable" });
      await server.restart();
      expect(await queryReadOnly(database, "select 1 as one")).toMatchObject({ rows: [{ one: 1 }] });
    }, 60_000);
  });
});
