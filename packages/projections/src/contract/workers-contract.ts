import { sql } from "kysely";
import { Registry } from "prom-client";
import { describe, expect, test } from "vitest";
import { run } from "../database.ts";
import { bind } from "../binding.ts";
import type { AnyHandler, Migrations } from "../projection.ts";
import { takeLease } from "../registry/copies.ts";
import { commitBatches } from "../work/commit.ts";
import { createWorld, expectFold, level, project, until, started, type UsedDatabase } from "./fixture.ts";
import { domain, made, moved, things } from "./small-world.ts";

export function workersContract(database: UsedDatabase): void {
  describe("workers", () => {
    const holder = async (): Promise<string | null | undefined> =>
      (
        await run<{ owner: string | null }>(database().kysely, "select lease_owner as owner from aethyr.copies where schema = 'things_v1'")
      )[0]?.owner;

    test("of several workers one works on a projection; given back, another has it at once, and nothing is missed", async () => {
      const world = createWorld();
      await world.happen([made("axe"), moved("axe", "player/ada")]);
      // Leases that no test lives to see expire: only what is given back can be taken.
      const start = (owner: string) => {
        const worker = project(database(), world, { owner, leaseMs: 600_000 });
        worker.start();
        return worker;
      };
      let working = start("worker 0");
      await level(working, world);
      for (let turn = 1; turn <= 4; turn += 1) {
        const waiting = start(`worker ${turn}`);
        await world.happen([moved("axe", `player/p${turn}`)]);
        await level(waiting, world);
        expect(await holder()).toBe(`worker ${turn - 1}`);
        await working.close();
        await world.happen([moved("axe", null)]);
        await level(waiting, world);
        expect(await holder()).toBe(`worker ${turn}`);
        working = waiting;
      }
      await expectFold(database(), world);
    });

    test("a worker that is gone without a word is replaced when its lease has expired, by the database's clock", async () => {
      const world = createWorld();
      await world.happen([made("axe")]);
      const first = await started(database(), world);
      await first.close();
      const taken = await takeLease(database().kysely, "things_v1", "the dead", 300);
      expect(taken).toBeDefined();
      expect(await takeLease(database().kysely, "things_v1", "the hasty", 300)).toBeUndefined();
      const second = project(database(), world, { owner: "the heir" });
      second.start();
      await world.happen([moved("axe", "player/ada")]);
      await level(second, world);
      expect(await holder()).toBe("the heir");
      await expectFold(database(), world);
    });

    test("[G8] a worker that was stalled while another took over can write nothing any more", async () => {
      const world = createWorld();
      const events = await world.happen([made("axe"), moved("axe", "player/ada")]);
      const first = await started(database(), world);
      await first.close();
      const stalled = await takeLease(database().kysely, "things_v1", "the stalled", 1);
      await until(async () => (await takeLease(database().kysely, "things_v1", "the new one", 60_000)) !== undefined);
      const later = await world.happen([moved("axe", null)]);
      const bound = { database: database(), projection: things(), binding: bind(things(), domain) };
      const { lease } = stalled!;
      const commit = (under: typeof lease, from: number) => commitBatches(database(), [{ bound, lease: under, from, events: later }], 1000);
      await expect(commit(lease, events.at(-1)?.position ?? 0)).rejects.toMatchObject({ code: "lease_lost" });
      await expectFold(database(), world, { upTo: events.at(-1)?.position ?? 0 });
      // And the holder of the lease only from where the copy is: nothing is applied twice, nothing left out.
      const current = { ...lease, epoch: lease.epoch + 1 };
      for (const from of [0, events[0]?.position ?? 0, later[0]?.position ?? 0])
        await expect(commit(current, from)).rejects.toMatchObject({ code: "lease_lost" });
      await commit(current, events.at(-1)?.position ?? 0);
      await expectFold(database(), world);
    });

    test("projections are worked on beside each other: one that is paused holds up nobody", async () => {
      const world = createWorld();
      await world.happen([made("axe"), { path: "thing/axe", type: "ThingCursed", data: {} }, moved("axe", "player/ada")]);
      const cursed = things({
        onCursed() {
          throw new Error("cursed");
        },
      });
      const renamed = Object.fromEntries(Object.entries(things().tables).map(([name, table]) => [`${name}_2`, table]));
      const other = { ...things(), name: "others", tables: renamed, every: undefined, on: new Map() };
      const projections = project(database(), world, { projections: [cursed, other] });
      projections.start();
      await level(projections, world, "others");
      await until(async () => (await projections.status()).find(({ projection }) => projection === "things")?.copies[0]?.failure != null);
    });

    /** Projections of the same events into tables of their own; `twist` is for the first of them. */
    function several(twist: Parameters<typeof things>[0] = {}) {
      return ["first", "second", "third"].map((name, index) => {
        const plain = things(index === 0 ? twist : {});
        const tables = { [name]: plain.tables["things"]!, [`${name}_custody`]: plain.tables["thing_custody"]! };
        const rename = (handler: AnyHandler): AnyHandler => {
          return (event, rows, sql) => {
            const { [name]: things, [`${name}_custody`]: thing_custody } = rows as Record<string, unknown>;
            return handler(event, { things, thing_custody }, sql);
          };
        };
        const on = new Map([...plain.on].map(([type, handler]) => [type, rename(handler)]));
        return { ...plain, name, tables, every: undefined, on };
      });
    }

    test("[G8] projections that have the same events to write write them in one transaction, each with its own checkpoint", async () => {
      const world = createWorld();
      await world.happen([made("axe", "player/ada")]);
      const projections = several();
      const working = project(database(), world, { projections });
      working.start();
      for (const { name } of projections) await level(working, world, name);
      const transactions = async () =>
        (await run<{ n: number }>(database().kysely, "select count(distinct xmin::text)::int as n from aethyr.copies"))[0]?.n;
      // Heartbeats and marks write one copy at a time.
      await until(async () => {
        await world.happen([moved("axe", "player/bob"), moved("axe", null)]);
        for (const { name } of projections) await level(working, world, name);
        return (await transactions()) === 1;
      });
      for (const projection of projections) await expectFold(database(), world, { projection });
    });

    test("[G8] what the database refuses of one projection is no other's loss: the others go on, and have every event once", async () => {
      const world = createWorld();
      const peace: Migrations = {
        peace: (db) =>
          db.schema
            .alterTable("first")
            .addCheckConstraint("peace", sql`name <> 'no swords'`)
            .execute(),
      };
      const projections = several({ migrations: peace });
      const working = project(database(), world, { projections, onFailure: { first: "skip" } });
      working.start();
      for (let step = 0; step < 10; step += 1) {
        await world.happen([made(`thing-${step}`, null, step % 3 === 0 ? "no swords" : "bread"), moved("thing-0", `player/p${step}`)]);
        if (step % 2 === 0) for (const { name } of projections) await level(working, world, name);
      }
      for (const { name } of projections) await level(working, world, name);
      for (const projection of projections.slice(1)) await expectFold(database(), world, { projection });
      expect(await working.listParked("first")).toHaveLength(4);
      expect(await run(database().kysely, "select id from first where name = 'no swords'")).toEqual([]);
      expect(await run(database().kysely, "select count(*)::int as n from first")).toEqual([{ n: 6 }]);
    });

    test("status and metrics tell how far a projection is behind", async () => {
      const world = createWorld();
      await world.happen([made("axe"), moved("axe", "player/ada")]);
      const metrics = new Registry();
      const projections = await started(database(), world, { metrics });
      await world.happen([moved("axe", null)], false);
      const [status] = await projections.status();
      expect(status?.copies[0]).toMatchObject({
        active: true,
        events: 2,
        lagEvents: 1,
        state: "active",
        worker: expect.any(String) as string,
      });
      expect(status?.copies[0]?.lagSeconds).toBeGreaterThan(0);
      expect(status?.copies[0]?.eventsPerSecond).toBeGreaterThan(0);
      expect(status?.copies[0]?.etaSeconds).toBeGreaterThan(0);
      const text = await metrics.metrics();
      expect(text).toContain('aethyr_projection_lag_events{projection="things"} 1');
      expect(text).toContain('aethyr_projection_events_total{projection="things"} 2');
      expect(text).toContain('aethyr_projection_paused{projection="things"} 0');
      expect(text).toContain("aethyr_projection_database_up 1");
    });

    test("waiting for a position ends with the signal, and with the projections", async () => {
      const world = createWorld();
      const projections = project(database(), world);
      projections.start();
      const stop = new AbortController();
      const waiting = projections.reached("things", 1, { signal: stop.signal });
      stop.abort(new Error("enough"));
      await expect(waiting).rejects.toThrow("enough");
      const closed = projections.reached("things", 1);
      const expectation = expect(closed).rejects.toMatchObject({ code: "projection_state" });
      await projections.close();
      await expectation;
    });

    test("read models of another log, or of more of this one than there is, are not gone on with", async () => {
      const world = createWorld();
      await world.happen([made("axe"), moved("axe", null)]);
      const first = await started(database(), world, { logId: "log-1" });
      await first.close();
      const failureOf = async (projections: ReturnType<typeof project>) => (await projections.status())[0]?.copies[0]?.failure?.code;
      const other = project(database(), world, { logId: "log-2" });
      other.start();
      await until(async () => (await failureOf(other)) === "foreign_log");
      await other.close();
      const shorter = createWorld();
      await shorter.happen([made("axe")]);
      const behind = project(database(), shorter, { logId: "log-1" });
      behind.start();
      await until(async () => (await failureOf(behind)) === "foreign_log");
      await behind.close();
      await expectFold(database(), world);
      const right = project(database(), world, { logId: "log-1" });
      right.start();
      // Whether it is the right one is looked at again when somebody says so.
      await right.resume("things");
      await world.happen([made("bag")]);
      await level(right, world);
      await expectFold(database(), world);
    });
  });
}
