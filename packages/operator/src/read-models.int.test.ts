import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ReadModelDatabase } from "@aethyr/projections";
import { openPglite } from "@aethyr/projections/pglite";
import { openPostgres } from "@aethyr/projections/postgres";
import { requirePostgres, startPostgres } from "@aethyr/servers";
import { queryReadOnly } from "./read-models/query.ts";
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

    test("that is away is told as such", async () => {
      await server.kill("SIGINT");
      await expect(queryReadOnly(database, "select 1")).rejects.toMatchObject({ code: "database_unavailable" });
      await server.restart();
      expect(await queryReadOnly(database, "select 1 as one")).toMatchObject({ rows: [{ one: 1 }] });
    }, 60_000);
  });
});
