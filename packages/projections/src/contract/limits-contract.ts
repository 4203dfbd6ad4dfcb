import type { Kysely } from "kysely";
import { describe, expect, test } from "vitest";
import { run } from "../database.ts";
import type { Sql } from "../rows.ts";
import type { Tables } from "../table.ts";
import { createWorld, expectFold, level, started, type UsedDatabase } from "./fixture.ts";
import { cursed, made, moved, things } from "./small-world.ts";

/** A query that nobody lives to see the end of. */
const endless = "select count(*) from generate_series(1, 1000000000) as a, generate_series(1, 1000) as b";

async function endlessFor(limitMs: number, kysely: Kysely<unknown>): Promise<void> {
  await run(kysely, `set local statement_timeout = ${limitMs}`);
  await run(kysely, endless);
}

export function limitsContract(database: UsedDatabase): void {
  describe("time limits", () => {
    test("[G8] a query that passes its time limit ends with SQLSTATE 57014, and the projections go on, with nothing lost or doubled", async () => {
      const world = createWorld();
      await world.happen([made("axe", "player/ada"), made("bag")]);
      const projections = await started(database(), world);
      const { kysely } = database();
      const asked = kysely.transaction().execute((transaction) => endlessFor(300, transaction));
      const refused = expect(asked).rejects.toMatchObject({ code: "57014" });
      for (let step = 0; step < 20; step += 1) await world.happen([moved("axe", step % 2 === 0 ? null : `player/p${step}`)]);
      await refused;
      await level(projections, world);
      await expectFold(database(), world);
      // What was left of the query's transaction is not in the way of the next one.
      expect(await run(kysely, "select count(*)::int as n from things")).toEqual([{ n: 2 }]);
    }, 120_000);

    test("[G8] a batch in which a statement passes its time limit is undone as a whole, and applied again", async () => {
      const world = createWorld();
      await world.happen([made("axe", "player/ada"), moved("axe", null), cursed("axe"), made("bag"), moved("axe", "player/bob")]);
      let tries = 0;
      const plain = things();
      const slowAtFirst = async (_: unknown, __: unknown, ask: unknown) => {
        tries += 1;
        await (ask as Sql<Tables>)((db) => (tries === 1 ? endlessFor(100, db as never) : Promise.resolve()));
      };
      const projection = { ...plain, on: new Map([...plain.on, ["ThingCursed", slowAtFirst] as const]) };
      await started(database(), world, { projections: [projection] });
      expect(tries).toBeGreaterThan(1);
      await expectFold(database(), world);
    }, 120_000);
  });
}
