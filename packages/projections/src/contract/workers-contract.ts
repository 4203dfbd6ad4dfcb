import { Registry } from "prom-client";
import { describe, expect, test } from "vitest";
import { run } from "../database.ts";
import { bind } from "../binding.ts";
import { takeLease } from "../registry/copies.ts";
import { commitBatch } from "../work/commit.ts";
import { createWorld, expectFold, level, project, until, type UsedDatabase } from "./fixture.ts";
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
      const first = project(database(), world);
      first.start();
      await level(first, world);
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
      const first = project(database(), world);
      first.start();
      await level(first, world);
      await first.close();
      const stalled = await takeLease(database().kysely, "things_v1", "the stalled", 1);
      await until(async () => (await takeLease(database().kysely, "things_v1", "the new one", 60_000)) !== undefined);
      const later = await world.happen([moved("axe", null)]);
      const bound = { database: database(), projection: things(), binding: bind(things(), domain) };
      const { lease } = stalled!;
      await expect(commitBatch(bound, lease, events.at(-1)?.position ?? 0, later, 1000)).rejects.toMatchObject({ code: "lease_lost" });
      await expectFold(database(), world, { upTo: events.at(-1)?.position ?? 0 });
      // And the holder of the lease only from where the copy is: nothing is applied twice, nothing left out.
      const current = { ...lease, epoch: lease.epoch + 1 };
      for (const from of [0, events[0]?.position ?? 0, later[0]?.position ?? 0])
        await expect(commitBatch(bound, current, from, later, 1000)).rejects.toMatchObject({ code: "lease_lost" });
      await commitBatch(bound, current, events.at(-1)?.position ?? 0, later, 1000);
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

    test("status and metrics tell how far a projection is behind", async () => {
      const world = createWorld();
      await world.happen([made("axe"), moved("axe", "player/ada")]);
      const metrics = new Registry();
      const projections = project(database(), world, { metrics });
      projections.start();
      await level(projections, world);
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
      const first = project(database(), world, { logId: "log-1" });
      first.start();
      await level(first, world);
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
      await world.happen([made("bag")]);
      await level(right, world);
      await expectFold(database(), world);
    });
  });
}
