import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import {
  createProjections,
  integer,
  projection,
  table,
  text,
  type FailurePolicy,
  type Projections,
  type ReadModelDatabase,
} from "@aethyr/projections";
import { roomEvents, world as domain } from "@aethyr/world";
import { CompiledQuery } from "kysely";
import type { Operations } from "../operations.ts";
import type { ProjectionRebuildReport } from "../read-models/projection-rebuild-news.ts";
import type { ProjectionRebuildOptions } from "../read-models/read-model-operations.ts";
import { collected } from "./collected.ts";
import type { Reach, ReachedWorld } from "./reach.ts";
import { startSmallWorld, type SmallWorld } from "./small-world.ts";

type Listed = Awaited<ReturnType<Operations["readModels"]["list"]>>[number];

/** A world with one read model, `halls`: its rooms, what they look like, and how often that changed. */
export type HallsWorld = ReachedWorld & {
  /** The description that the handler cannot bear. */
  unbearable: string | undefined;
  /** Starts it anew, on the same database. */
  restart(onFailure: FailurePolicy): Promise<void>;
  send(...commands: Parameters<Operations["sendCommands"]>[0]): Promise<void>;
  /** Waits until the read model shows everything. */
  level(): Promise<void>;
  /** Waits until it is listed so. */
  listed(holds: (status: Listed) => boolean): Promise<Listed>;
  rebuild(options?: ProjectionRebuildOptions): Promise<ProjectionRebuildReport>;
  /** Past the operations, as whoever owns the database. */
  sql(statement: string): Promise<readonly unknown[]>;
};

/** A small world for each test, with its read model on a database that is emptied for each. */
export function hallsWorldOfEachTest(reach: Reach, openDatabase: () => Promise<ReadModelDatabase>): HallsWorld {
  let database: ReadModelDatabase;
  let projections: Projections;
  let world: SmallWorld;
  let reached: Awaited<ReturnType<Reach>>;
  let unbearable: string | undefined;

  const halls = projection({
    name: "halls",
    version: 1,
    events: [roomEvents],
    tables: { halls: table({ columns: { id: text(), description: text(), changes: integer() }, key: ["id"] }) },
    on: {
      RoomCreated: ({ stream: { id } }, rows) => rows.halls.put({ id, description: "", changes: 0 }),
      RoomDescriptionUpdated({ stream: { id }, data: { description } }, rows) {
        if (description === unbearable) throw new Error("I cannot bear it");
        rows.halls.patch({ id }, { description });
        rows.halls.add({ id }, { changes: 1 });
      },
    },
  });
  const sql = async (statement: string) => (await database.kysely.executeQuery(CompiledQuery.raw(statement))).rows;

  async function start(onFailure: FailurePolicy): Promise<void> {
    world = await startSmallWorld({
      openReadModels({ store, bus }) {
        projections = createProjections({ database, store, feed: bus, domain, projections: [halls], onFailure, pollMs: 20 });
        projections.start();
        return { projections, database };
      },
    });
    reached = await reach(world);
  }
  async function stop(): Promise<void> {
    await reached.operations.close();
    await reached.close();
    await projections.close();
    await world[Symbol.asyncDispose]();
  }

  beforeAll(async () => {
    database = await openDatabase();
  }, 120_000);
  afterAll(() => database.close());
  beforeEach(async () => {
    unbearable = undefined;
    const schemas = await sql("select nspname from pg_namespace where nspname like 'halls%' or nspname in ('aethyr', 'public')");
    for (const { nspname } of schemas as readonly { readonly nspname: string }[]) await sql(`drop schema ${nspname} cascade`);
    await sql("create schema public");
    await start("pause");
  });
  afterEach(stop);

  return {
    get world() {
      return world;
    },
    get operations() {
      return reached.operations;
    },
    get unbearable() {
      return unbearable;
    },
    set unbearable(description) {
      unbearable = description;
    },
    async restart(onFailure) {
      await stop();
      await start(onFailure);
    },
    async send(...commands) {
      expect((await reached.operations.sendCommands(commands)).map(({ code }) => code)).toEqual(commands.map(() => "accepted"));
    },
    level: async () => projections.reached("halls", await world.store.head()),
    async listed(holds) {
      for (;;) {
        const [status] = await reached.operations.readModels.list();
        if (status !== undefined && holds(status)) return status;
      }
    },
    async rebuild(options = {}) {
      const last = (await collected(reached.operations.readModels.rebuild("halls", options))).at(-1);
      if (last?.kind !== "report") throw new Error(`it ended with ${JSON.stringify(last)}`);
      return last.report;
    },
    sql,
  };
}
