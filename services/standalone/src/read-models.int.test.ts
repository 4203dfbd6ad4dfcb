import type { ChildProcess } from "node:child_process";
import { randomUUIDv7 } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Json, RecordedEvent } from "@aethyr/kernel";
import { connectOperations, type Operations } from "@aethyr/operator";
import { findRunning, loadConfig, operatorToken } from "@aethyr/process";
import { foldInMemory, type Table } from "@aethyr/projections";
import type { CommandEnvelope } from "@aethyr/protocol";
import { readModels } from "@aethyr/read-models";
import { requirePostgres, startPostgres } from "@aethyr/servers";
import { world } from "@aethyr/world";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runStandalone, type Environment, type Standalone } from "./testing/run-standalone.ts";

const guide = resolve(import.meta.dirname, "../../../docs/guide/index.ts");
const long = 240_000;

let cwd: string;
let processes: ChildProcess[];
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "aethyr-read-models-"));
  processes = [];
});
afterEach(async () => {
  for (const each of processes.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
    each.kill("SIGKILL");
    await once(each, "close");
  }
  await rm(cwd, { recursive: true });
});

async function start(
  args: readonly string[],
  env: Environment,
): Promise<{ readonly standalone: Standalone; readonly operations: Operations }> {
  const standalone = runStandalone(cwd, ["--api-port", "0", ...args], env);
  processes.push(standalone.process);
  await standalone.shows("the world is running");
  const { config } = loadConfig({ cwd, env: {} });
  const url = (await findRunning(config.data))?.url ?? "";
  return { standalone, operations: connectOperations({ url, token: await operatorToken(config) }) };
}

const command = (target: string, type: string, data: Json): CommandEnvelope => {
  const [aggregate = "", id = ""] = target.split("/");
  return { v: 1, id: randomUUIDv7(), type, target: { type: aggregate, id }, data };
};
const makeThing = (id: string, containerId: string | null) =>
  command(`game-object/${id}`, "CreateGameObject", { name: `The ${id}`, containerId });

/** A room, and things that are carried from here to there. */
const story = (of: string): readonly CommandEnvelope[] => [
  command(`room/${of}`, "CreateRoom", { name: of }),
  ...Array.from({ length: 40 }, (_, index) => makeThing(`${of}-${index}`, index % 2 === 0 ? `room/${of}` : null)),
  ...Array.from({ length: 10 }, (_, index) => command(`game-object/${of}-${index}`, "DeleteGameObject", {})),
];

/** Waits until a condition holds. Who asks without a pause takes the processor from the one that is asked. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await delay(50);
}

/** Waits until the tables have passed all of the log. */
const level = ({ readModels: { list } }: Operations): Promise<void> =>
  until(async () => {
    const all = await list();
    return (
      all.length >= readModels.length &&
      all.every(({ active, copies }) => active !== undefined && copies.every(({ lagEvents }) => lagEvents === 0))
    );
  });

type Row = Readonly<Record<string, unknown>>;

const text = (row: Row, { columns }: Table): string =>
  JSON.stringify(
    Object.keys(columns)
      .sort()
      .map((name) => valueOf(row[name], columns[name]?.type === "timestamptz")),
  );

const valueOf = (value: unknown, isTime: boolean): unknown => (isTime && typeof value === "string" ? new Date(value).toISOString() : value);

/** Holds every table, as SQL gives it, against the fold of the log in memory; gives how many rows there are. */
async function expectFold(operations: Operations): Promise<number> {
  await level(operations);
  const log: RecordedEvent[] = [];
  for await (const event of operations.tailEvents({ after: 0 })) log.push(event);
  let count = 0;
  for (const model of readModels) {
    const folded = await foldInMemory(model, world, log);
    for (const [name, table] of Object.entries(model.tables)) {
      const { rows } = await operations.readModels.query(`select * from ${name}`, { limit: 10_000 });
      const shown = rows.map((row) => text(row, table)).sort();
      expect({ name, rows: shown }).toEqual({ name, rows: (folded[name] ?? []).map((row) => text(row, table)).sort() });
      count += shown.length;
    }
  }
  return count;
}

const accepted = async (operations: Operations, commands: readonly CommandEnvelope[]): Promise<void> => {
  expect(new Set((await operations.sendCommands(commands)).map(({ code }) => code))).toEqual(new Set(["accepted"]));
};

describe("the read models of the standalone process", () => {
  const pglite = { AETHYR_READ_MODELS_STORE: "pglite" };

  test(
    "[G8] [A14] are the fold of the log: while it runs, after kill -9, and when their folder was deleted",
    async () => {
      const first = await start([], pglite);
      await accepted(first.operations, story("hall"));
      const before = await expectFold(first.operations);
      expect(before).toBeGreaterThan(100);
      // Some of these are in the log and not yet in the tables, whenever it ends.
      const sending = first.operations.sendCommands(story("yard")).catch(() => undefined);
      first.standalone.process.kill("SIGKILL");
      await Promise.all([sending, first.standalone.ended]);

      const second = await start([], pglite);
      await accepted(second.operations, story("attic"));
      expect(await expectFold(second.operations)).toBeGreaterThan(before);
      second.standalone.process.kill("SIGTERM");
      expect(await second.standalone.ended).toMatchObject({ code: 0 });
      await rm(join(loadConfig({ cwd, env: {} }).config.data, "read-models"), { recursive: true });

      const third = await start([], pglite);
      expect(await expectFold(third.operations)).toBeGreaterThan(before);
      third.standalone.process.kill("SIGTERM");
      expect(await third.standalone.ended).toMatchObject({ code: 0 });
    },
    long,
  );

  test(
    "[A11] a module's own table is filled beside the others",
    async () => {
      const { operations } = await start(["--starter-world", "false", "--modules", guide], pglite);
      await accepted(operations, [
        command("room/hall", "CreateRoom", { name: "The hall" }),
        command("lantern/old", "MakeLantern", {}),
        command("lantern/old", "BreakLantern", {}),
      ]);
      await level(operations);
      expect((await operations.readModels.query("select id, lit_by, broken from lanterns")).rows).toEqual([
        { id: "old", lit_by: null, broken: true },
      ]);
    },
    long,
  );
});

const postgres = await requirePostgres();
describe.skipIf(postgres === undefined)("the read models of the standalone process on PostgreSQL", () => {
  test(
    "[G8] commands are answered while the server is down, at the start and later, and the rows come when it is back",
    async () => {
      await using server = await startPostgres();
      await server.kill("SIGINT");
      const env = { AETHYR_READ_MODELS_STORE: "postgres", AETHYR_READ_MODELS_URL: server.url ?? "" };
      const { operations, standalone } = await start(["--starter-world", "false"], env);
      await accepted(operations, story("hall"));
      await expect(operations.readModels.list()).rejects.toMatchObject({ code: "database_unavailable", status: 503 });
      await expect(operations.readModels.query("select 1")).rejects.toMatchObject({ code: "database_unavailable" });
      await server.restart();
      await whenBack(operations);
      expect(await expectFold(operations)).toBeGreaterThan(100);

      await server.kill("SIGKILL");
      await accepted(operations, story("yard"));
      await server.restart();
      await whenBack(operations);
      expect(await expectFold(operations)).toBeGreaterThan(200);

      await operations.close();
      standalone.process.kill("SIGTERM");
      expect(await standalone.ended).toMatchObject({ code: 0 });
    },
    long,
  );
});

const whenBack = ({ readModels: { list } }: Operations): Promise<void> =>
  until(() =>
    list()
      .then(() => true)
      .catch((error: unknown) => (error as { code?: string }).code !== "database_unavailable"),
  );
