import { describe, expect, test } from "vitest";
import { run } from "../database.ts";
import { createWorld, expectFold, level, project, started, until, type UsedDatabase } from "./fixture.ts";
import { made, moved, type Happening, type World } from "./small-world.ts";

export function foreignLogContract(database: UsedDatabase): void {
  describe("a log that was put back", () => {
    const failureOf = async (projections: ReturnType<typeof project>) => (await projections.status())[0]?.copies[0]?.failure?.code;
    const before = [made("axe"), made("bag")];

    /** A world of before, to which something else happened than what the read models have. */
    async function putBack(world: World, ...happenings: readonly Happening[]): Promise<World> {
      const restored = createWorld();
      for (const { id, stream, version, bytes: _, position: __, ...event } of (await world.log()).slice(0, before.length))
        await restored.store.append([{ writes: [{ stream, expected: version - 1, events: [{ id, ...event }] }] }]);
      await restored.happen(happenings);
      return restored;
    }

    test("[G8] it is known though it has outgrown the checkpoint; a restart and a resume do not get past it, a rebuild does", async () => {
      const world = createWorld();
      await world.happen([...before, made("lost-1"), made("lost-2")]);
      await (await started(database(), world, { logId: "log-1" })).close();
      const restored = await putBack(world, made("new-1"), made("new-2"), made("new-3"));
      for (let start = 1; start <= 2; start += 1) {
        const projections = project(database(), restored, { logId: "log-1" });
        projections.start();
        await until(async () => (await failureOf(projections)) === "foreign_log");
        await restored.happen([moved("bag", `player/p${start}`)]);
        await projections.close();
      }
      await expectFold(database(), world);
      const projections = project(database(), restored, { logId: "log-1" });
      projections.start();
      await projections.resume("things");
      await until(async () => (await failureOf(projections)) === "foreign_log");
      const schema = await projections.rebuild("things");
      await projections.untilLevel("things", schema);
      await projections.switchTo("things", schema);
      await restored.happen([moved("axe", "player/ada")]);
      await level(projections, restored);
      await expectFold(database(), restored);
    });

    test("[G8] a rebuild is switched to also where the log is shorter than the one before", async () => {
      const world = createWorld();
      await world.happen([...before, made("lost-1"), made("lost-2")]);
      await (await started(database(), world)).close();
      const restored = await putBack(world);
      const projections = project(database(), restored);
      projections.start();
      await until(async () => (await failureOf(projections)) === "foreign_log");
      const schema = await projections.rebuild("things");
      await projections.untilLevel("things", schema);
      await projections.switchTo("things", schema);
      await level(projections, restored);
      await expectFold(database(), restored);
    });

    test("[G8] put back to what the read models have, or to more, it is gone on with", async () => {
      const world = createWorld();
      await world.happen(before);
      await (await started(database(), world)).close();
      const restored = await putBack(world, made("new-1"));
      await started(database(), restored);
      await expectFold(database(), restored);
    });

    test("[G8] a checkpoint that an older program left without a proof is held against the time of its event", async () => {
      const world = createWorld();
      await world.happen([...before, made("lost")]);
      await (await started(database(), world)).close();
      await run(database().kysely, "update aethyr.copies set event_id = null");
      await (await started(database(), world)).close();
      await run(database().kysely, "update aethyr.copies set event_id = null");
      const other = await putBack(world, { ...made("new"), time: "2026-05-05T00:00:00.000Z" });
      const projections = project(database(), other);
      projections.start();
      await until(async () => (await failureOf(projections)) === "foreign_log");
    });

    test("[G8] the event that a copy is paused at is not skipped in another log", async () => {
      const world = createWorld();
      await world.happen([...before, made("lost"), { path: "golem/mud", type: "ThingMade", data: {} }]);
      const first = project(database(), world);
      first.start();
      await until(async () => (await failureOf(first)) != null);
      await first.close();
      const restored = await putBack(world, made("new-1"), made("new-2"));
      const projections = project(database(), restored);
      await expect(projections.skip("things", "why not")).rejects.toMatchObject({ code: "foreign_log" });
    });
  });
}
