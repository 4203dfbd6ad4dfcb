import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { silentLog } from "@aethyr/runtime";
import type { ReadModelDatabase } from "@aethyr/projections";
import { openPglite } from "@aethyr/projections/pglite";
import { openPostgres } from "@aethyr/projections/postgres";
import { requirePostgres, startPostgres } from "@aethyr/servers";
import { connectOperations } from "./http/client.ts";
import { startOperatorApi } from "./http/server.ts";
import { queryReadOnly } from "./read-models/query.ts";
import type { Opened } from "./testing/operations-suite.ts";
import { readModelsSuite } from "./testing/read-models-suite.ts";
import type { SmallWorld } from "./testing/small-world.ts";

const inProcess = async ({ operations }: SmallWorld): Promise<Opened> => ({ operations, close: async () => undefined });

async function overHttp({ operations }: SmallWorld): Promise<Opened> {
  const api = await startOperatorApi({ operations, port: 0, token: "a-token-for-tests", log: silentLog });
  return { operations: connectOperations({ url: api.url, token: "a-token-for-tests" }), close: () => api.close() };
}

readModelsSuite("operations in process, on PGlite", inProcess, () => openPglite());

const postgres = await requirePostgres();
describe.skipIf(postgres === undefined)("on a real PostgreSQL", () => {
  let server: Awaited<ReturnType<typeof startPostgres>>;
  beforeAll(async () => {
    server = await startPostgres();
  }, 120_000);
  afterAll(() => server.stop());

  readModelsSuite("operations over HTTP, on PostgreSQL", overHttp, async () => openPostgres({ url: server.url }));

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
