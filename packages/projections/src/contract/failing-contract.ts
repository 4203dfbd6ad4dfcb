import { sql } from "kysely";
import { describe, expect, test, vi } from "vitest";
import { run } from "../database.ts";
import { createWorld, expectFold, level, project, rowsOf, until, wipe, started, statesOf, type UsedDatabase } from "./fixture.ts";
import type { Rows, Sql } from "../rows.ts";
import type { Tables } from "../table.ts";
import { cursed, made, moved, things } from "./small-world.ts";

export function failingContract(database: UsedDatabase): void {
  describe("failing handlers", () => {
    /** A projection whose handler of cursed things fails until the curse is lifted. */
    function withCurse() {
      const curse = { on: true };
      const projection = things({
        onCursed(id) {
          if (curse.on) throw new Error(`${id} is cursed`);
        },
      });
      return { curse, projection };
    }
    const history = [made("axe", "player/ada"), made("bag"), cursed("axe"), moved("axe", null), moved("bag", "room/hall")];

    test("[G8] pause: everything before the event is there, nothing after it; resumed, it tries again, and goes on when the handler was mended", async () => {
      const world = createWorld();
      const events = await world.happen(history);
      const { curse, projection } = withCurse();
      const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
      const projections = project(database(), world, { projections: [projection], log });
      const paused = async () => (await projections.status())[0]?.copies[0]?.failure;
      projections.start();
      await until(async () => (await paused()) != null);
      expect(await paused()).toMatchObject({
        code: "projection_failed",
        position: events[2]?.position,
        event: "ThingCursed",
        stream: "thing/axe",
        message: expect.stringContaining("axe is cursed") as string,
      });
      expect(log.error).toHaveBeenCalledOnce();
      await expectFold(database(), world, { upTo: events[1]?.position ?? 0 });
      await projections.resume("things");
      await until(async () => log.error.mock.calls.length === 2);
      curse.on = false;
      await until(async () => (await paused()) != null);
      await projections.resume("things");
      await level(projections, world);
      await expectFold(database(), world);
    });

    test("a paused projection is tried again when a process starts", async () => {
      const world = createWorld();
      await world.happen(history);
      const { curse, projection } = withCurse();
      const first = project(database(), world, { projections: [projection] });
      first.start();
      await until(async () => (await first.status())[0]?.copies[0]?.failure != null);
      await first.close();
      curse.on = false;
      await started(database(), world, { projections: [projection] });
      await expectFold(database(), world);
    });

    test("skip by hand: the event is left out with the reason, and the rest goes on; nothing is skipped that is not paused", async () => {
      const world = createWorld();
      const events = await world.happen(history);
      const projections = project(database(), world, { projections: [withCurse().projection] });
      projections.start();
      await until(async () => (await projections.status())[0]?.copies[0]?.failure != null);
      expect(await projections.skip("things", "known and harmless")).toMatchObject({
        kind: "skipped",
        position: events[2]?.position,
        reason: "known and harmless",
      });
      await level(projections, world);
      expect(await projections.listParked("things")).toMatchObject([
        { kind: "skipped", stream: "thing/axe", version: 2, type: "ThingCursed" },
      ]);
      await expect(projections.skip("things", "once more")).rejects.toMatchObject({ code: "projection_state" });
    });

    test("park: the aggregate stands still, the others go on; tried again, its events come in their order", async () => {
      const world = createWorld();
      await world.happen(history);
      const { curse, projection } = withCurse();
      const projections = await started(database(), world, { projections: [projection], onFailure: { things: "park" } });
      await world.happen([moved("axe", "player/bob"), moved("bag", null)]);
      await level(projections, world);
      expect((await projections.listParked()).map(({ kind, stream, version, type }) => ({ kind, stream, version, type }))).toEqual([
        { kind: "parked", stream: "thing/axe", version: 2, type: "ThingCursed" },
        { kind: "parked", stream: "thing/axe", version: 3, type: "ThingMoved" },
        { kind: "parked", stream: "thing/axe", version: 4, type: "ThingMoved" },
      ]);
      expect(await run(database().kysely, "select id, holder, moves from things order by id")).toEqual([
        { id: "axe", holder: "player/ada", moves: 0 },
        { id: "bag", holder: null, moves: 2 },
      ]);
      const [failed] = await projections.retryParked("things");
      expect(failed).toMatchObject({ stream: "thing/axe", events: 0, error: { code: "projection_failed" } });
      expect(await projections.listParked("things")).toHaveLength(3);
      curse.on = false;
      expect(await projections.retryParked("things", { stream: "thing/bag" })).toEqual([]);
      expect(await projections.retryParked("things")).toEqual([{ stream: "thing/axe", events: 3, error: null }]);
      await world.happen([moved("axe", "room/hall")]);
      await level(projections, world);
      await expectFold(database(), world);
      expect(await projections.listParked()).toEqual([]);
    });

    test("[G8] park: where later events of others have written the same rows, a retry leaves the rows that the fold leaves", async () => {
      const world = createWorld();
      const curse = { on: true };
      const plain = things();
      /** Who holds a thing is said by an event of the holder, as well as of the thing. */
      const projection = {
        ...plain,
        on: new Map([
          ...plain.on,
          [
            "ThingMoved",
            (
              { stream: { id }, position, data }: { stream: { id: string }; position: number; data: { holder: string } },
              rows: Rows<Tables>,
            ) => {
              if (curse.on && id === "ann") throw new Error(`${id} is cursed`);
              rows["things"]?.put({
                id: "sword",
                name: id,
                holder: data.holder,
                moves: position,
                changed_at: "2026-01-01T00:00:00.000Z",
              } as never);
            },
          ] as never,
        ]),
      };
      await world.happen([moved("ann", "player/ann"), moved("bob", "player/bob"), moved("cid", "player/cid")]);
      const projections = await started(database(), world, { projections: [projection], onFailure: "park" });
      const swords = () => run(database().kysely, "select name, holder from things");
      expect(await swords()).toEqual([{ name: "cid", holder: "player/cid" }]);
      expect(await projections.retryParked("things")).toMatchObject([
        { stream: "thing/ann", events: 0, error: { code: "projection_failed" } },
      ]);
      expect(Object.keys(await statesOf(database()))).toEqual(["things_v1"]);
      curse.on = false;
      expect(await projections.retryParked("things")).toEqual([{ stream: "thing/ann", events: 1, error: null }]);
      await level(projections, world);
      expect(await swords()).toEqual([{ name: "cid", holder: "player/cid" }]);
      await expectFold(database(), world, { projection });
      expect(await projections.listParked("things")).toEqual([]);
      await expect(projections.retryParked("things", { schema: "things_v1" })).rejects.toMatchObject({ code: "projection_state" });
    });

    test("skip by policy: each failing event is left out with its error, alone", async () => {
      const world = createWorld();
      await world.happen(history);
      const projections = await started(database(), world, { projections: [withCurse().projection], onFailure: "skip" });
      expect(await projections.listParked()).toMatchObject([
        { kind: "skipped", reason: expect.stringContaining("axe is cursed") as string },
      ]);
      // The fold of the log without the one event, whose handler does nothing but fail.
      expect(await run(database().kysely, "select id, moves from things order by id")).toEqual([
        { id: "axe", moves: 1 },
        { id: "bag", moves: 1 },
      ]);
    });

    test("what the database refuses is found among the events of a batch, and only that one is put aside", async () => {
      const world = createWorld();
      await world.happen([made("axe"), made("bag", null, "no swords"), made("cup"), made("die")]);
      const projection = things({
        migrations: {
          peace: (db) =>
            db.schema
              .alterTable("things")
              .addCheckConstraint("peace", sql`name <> 'no swords'`)
              .execute(),
        },
      });
      const projections = await started(database(), world, { projections: [projection], onFailure: "skip" });
      expect(await projections.listParked()).toMatchObject([{ stream: "thing/bag", reason: expect.stringContaining("peace") as string }]);
      expect(await rowsOf(database(), "public", "things")).toHaveLength(3);
    });

    test("[G8] a handler that hides an error of the database does not get past it", async () => {
      const world = createWorld();
      const events = await world.happen(history);
      const plain = things();
      const hiding = {
        ...plain,
        on: new Map([
          ...plain.on,
          [
            "ThingCursed",
            async (_: unknown, __: unknown, ask: unknown) => {
              await (ask as Sql<Tables>)((db) => sql`select * from nowhere`.execute(db)).catch(() => undefined);
            },
          ] as const,
        ]),
      };
      const projections = project(database(), world, { projections: [hiding] });
      projections.start();
      const failure = async () => (await projections.status())[0]?.copies[0]?.failure;
      await until(async () => (await failure()) != null);
      expect(await failure()).toMatchObject({ code: "projection_failed", position: events[2]?.position });
      await expectFold(database(), world, { upTo: events[1]?.position ?? 0 });
    });

    test("an event that cannot be read pauses: of an aggregate that is not known, or newer than the program", async () => {
      for (const happening of [
        { path: "golem/mud", type: "ThingMade", data: {} },
        { path: "thing/axe", type: "ThingRenamed", data: { name: "x" }, schema: 3 },
      ]) {
        await wipe(database());
        const world = createWorld();
        await world.happen([made("axe"), happening]);
        const projections = project(database(), world);
        projections.start();
        await until(async () => (await projections.status())[0]?.copies[0]?.failure != null);
        expect((await projections.status())[0]?.copies[0]?.failure).toMatchObject({ event: happening.type, stream: happening.path });
        await projections.close();
      }
    });
  });
}
