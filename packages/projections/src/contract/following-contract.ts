import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { run } from "../database.ts";
import { createWorld, expectFold, level, project, wipe, started, type UsedDatabase } from "./fixture.ts";
import { happening, made, moved, things } from "./small-world.ts";

export function followingContract(database: UsedDatabase): void {
  describe("following the log", () => {
    test("[A11] [G8] the first start makes schema, tables and views; the rows are the fold of the log; a second start changes nothing", async () => {
      const world = createWorld();
      await world.happen([made("axe", "player/ada"), moved("axe", "player/bob"), made("bag"), moved("axe", null)]);
      const first = await started(database(), world);
      await expectFold(database(), world);
      expect(await run(database().kysely, "select holder, until is null as holds from thing_custody order by since")).toEqual([
        { holder: "player/ada", holds: false },
        { holder: "player/bob", holds: false },
      ]);
      await first.close();
      const migrations = "select * from aethyr.migrations order by scope, name";
      const before = await run(database().kysely, migrations);
      const second = await started(database(), world);
      expect(await run(database().kysely, migrations)).toEqual(before);
      const [status] = await second.status();
      expect(status).toMatchObject({
        projection: "things",
        version: 1,
        active: "things_v1",
        copies: [{ schema: "things_v1", state: "active", level: true }],
      });
    });

    test("[G8] for any history, applied in any batches, before and while it is followed, the rows are the fold of the log", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(happening, { maxLength: 60 }),
          fc.array(fc.array(happening, { minLength: 1, maxLength: 12 }), { maxLength: 4 }),
          fc.integer({ min: 1, max: 40 }),
          async (before, live, batchEvents) => {
            await wipe(database());
            const world = createWorld(10);
            await world.happen(before);
            const projections = project(database(), world, { batchEvents });
            projections.start();
            for (const happenings of live) await world.happen(happenings);
            await level(projections, world);
            await projections.close();
            await expectFold(database(), world);
          },
        ),
        { numRuns: 25 },
      );
    }, 120_000);

    test("[A14] a database that was wiped while it was followed is made anew from the log", async () => {
      const world = createWorld();
      await world.happen([made("axe", "player/ada"), moved("axe", null)]);
      const projections = await started(database(), world, { leaseMs: 300 });
      await wipe(database());
      await world.happen([made("bag")]);
      await level(projections, world);
      await expectFold(database(), world);
    });

    test("[A12] a table that somebody dropped is made anew from the log, with all the others of its projection", async () => {
      const world = createWorld();
      await world.happen([made("axe", "player/ada"), moved("axe", null)]);
      const projections = await started(database(), world, { leaseMs: 300 });
      await run(database().kysely, "drop table things_v1.things cascade");
      await world.happen([made("bag")]);
      await level(projections, world);
      await expectFold(database(), world, { projection: things() });
    });
  });
}
