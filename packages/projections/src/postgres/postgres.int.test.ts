import { statSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { openUnrulyLine, requirePostgres, startPostgres } from "@aethyr/servers";
import { createWorld, expectFold, level, levelAgain, project, started, until, useDatabase, wipe } from "../contract/fixture.ts";
import { readModelContract } from "../contract/index.ts";
import { made, moved, things } from "../contract/small-world.ts";
import { run, type ReadModelDatabase } from "../database.ts";
import { fillAndHold } from "../testing/fill-and-hold.ts";
import { killAndHold } from "../testing/kill-and-hold.ts";
import { mountSmallDisk } from "../testing/small-disk.ts";
import { openPostgres } from "./index.ts";

const postgres = await requirePostgres();

describe.skipIf(postgres === undefined)("on a real PostgreSQL", () => {
  let server: Awaited<ReturnType<typeof startPostgres>>;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  const open = (database = "postgres"): ReadModelDatabase => {
    const url = new URL(server.url);
    url.pathname = `/${database}`;
    return openPostgres({ url: url.href });
  };
  readModelContract({ name: "PostgreSQL", open: async () => open() });

  describe("faults", () => {
    const database = useDatabase({ name: "PostgreSQL", open: async () => open() });

    test("[G8] kill -9 of a projector in the middle of a batch: the rows are the fold of the log up to its checkpoint, kill after kill", async () => {
      await killAndHold(server.url, async () => open(), 3);
    }, 300_000);

    test("[G8] a server that is killed and comes back, again and again, is gone on with by itself, and nothing is lost or doubled", async () => {
      const world = createWorld();
      await world.happen([made("axe")]);
      const projections = await started(database(), world);
      for (let round = 0; round < 3; round += 1) {
        const happening = (async () => {
          for (let step = 0; step < 30; step += 1) await world.happen([moved("axe", step % 2 === 0 ? null : `player/p${round}`)]);
        })();
        await server.kill("SIGKILL");
        await happening;
        // A process of the server's that serves a connection may live on for a moment.
        await vi.waitFor(() => expect(projections.status()).rejects.toMatchObject({ code: "database_unavailable" }), { timeout: 10_000 });
        await server.restart();
      }
      await levelAgain(projections, world);
      await expectFold(database(), world);
    }, 120_000);

    test("[A18] a superuser is warned of once, a plain role that owns its database is not", async () => {
      const world = createWorld();
      await world.happen([made("axe")]);
      await run(database().kysely, "create role plain login password 'plain'");
      await run(database().kysely, "create database plain owner plain");
      const url = new URL(server.url);
      Object.assign(url, { username: "plain", password: "plain", pathname: "/plain" });
      const plain = openPostgres({ url: url.href });
      for (const [opened, warned] of [
        [database(), 1],
        [plain, 0],
      ] as const) {
        const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
        await (await started(opened, world, { log })).close();
        await (await started(opened, world)).close();
        expect(log.warn.mock.calls.filter(([, text]) => String(text).includes("superuser"))).toHaveLength(warned);
      }
      await plain.close();
      await run(database().kysely, "drop database plain with (force)");
      await run(database().kysely, "drop role plain");
    }, 120_000);

    test("[A12] a new version takes the active one's place when whoever holds its views lets go of them", async () => {
      const world = createWorld();
      await world.happen([made("axe"), moved("axe", "player/ada")]);
      await (await started(database(), world)).close();
      const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
      const { promise: reading, resolve: read } = Promise.withResolvers<void>();
      const analyst = database()
        .questions.transaction()
        .execute(async (transaction) => {
          await run(transaction, "select * from things");
          read();
          await held;
        });
      await reading;
      const second = things({ version: 2 });
      const next = project(database(), world, { projections: [second] });
      next.start();
      await until(async () => (await next.status())[0]?.problem?.code === "database_unavailable");
      letGo();
      await analyst;
      await until(async () => (await next.status())[0]?.active === "things_v2");
      await world.happen([moved("axe", null)]);
      await level(next, world);
      await expectFold(database(), world, { projection: second });
    }, 120_000);

    test("a database that is down at the start is waited for, and asked about with a clear error", async () => {
      const world = createWorld();
      await world.happen([made("axe")]);
      await server.kill("SIGINT");
      const projections = project(database(), world);
      projections.start();
      await expect(projections.status()).rejects.toMatchObject({ code: "database_unavailable" });
      await server.restart();
      await levelAgain(projections, world);
      await expectFold(database(), world);
    }, 120_000);

    test("[G8] a line that is cut in the middle of transactions costs time only", async () => {
      const world = createWorld();
      await world.happen([made("axe")]);
      const line = await openUnrulyLine(server.port);
      onTestFinished(() => line.close());
      const url = new URL(server.url);
      url.host = line.address;
      const throughLine = openPostgres({ url: url.href });
      const projections = project(throughLine, world, { leaseMs: 1000 });
      projections.start();
      for (let step = 0; step < 60; step += 1) {
        await world.happen([moved("axe", step % 2 === 0 ? null : `player/p${step}`)]);
        if (step % 10 === 5) line.cut();
        if (step % 10 === 7) line.mend();
      }
      await levelAgain(projections, world);
      await expectFold(database(), world);
      await projections.close();
      await throughLine.close();
    }, 120_000);

    test("[G8] a worker whose process stands still is replaced, and what it does when it wakes up is refused", async () => {
      const world = createWorld();
      await world.happen([made("axe")]);
      const stalled = openPostgres({ url: server.url, idleTransactionMs: 300 });
      const { promise: asleep, resolve: sleep } = Promise.withResolvers<void>();
      const { promise: awake, resolve: wake } = Promise.withResolvers<void>();
      const sleeper = { ...things(), every: async () => (sleep(), awake) };
      const first = project(stalled, world, { projections: [sleeper], owner: "sleeper", leaseMs: 200 });
      first.start();
      await asleep;
      await started(database(), world, { owner: "heir" });
      await expectFold(database(), world);
      wake();
      await first.close();
      await expectFold(database(), world);
      await stalled.close();
    }, 120_000);

    test("[A14] a database that was dropped and made anew is filled from the log", async () => {
      const world = createWorld();
      await world.happen([made("axe"), moved("axe", "player/ada")]);
      await run(database().kysely, "create database models");
      const models = open("models");
      const projections = project(models, world, { leaseMs: 300 });
      projections.start();
      await level(projections, world);
      await run(database().kysely, "drop database models with (force)");
      await world.happen([moved("axe", null)]);
      await expect(projections.status()).rejects.toMatchObject({ code: "database_unavailable" });
      await run(database().kysely, "create database models");
      await levelAgain(projections, world);
      await expectFold(models, world);
      await projections.close();
      await models.close();
      await wipe(database());
    }, 120_000);

    test("[G8] a disk that is full is said so, and nothing is half there; when there is room, the projection goes on by itself", async (context) => {
      const disk = mountSmallDisk(context, 16, statSync(`${server.dir}/data`).uid);
      await run(database().kysely, `create tablespace small location '${disk.folder}'`);
      await run(database().kysely, "create database small tablespace small");
      const small = open("small");
      await fillAndHold(small, () => disk.grow(200));
      await small.close();
      await run(database().kysely, "drop database small with (force)");
      await run(database().kysely, "drop tablespace small");
    }, 120_000);
  });
});
