import type { Transaction } from "kysely";
import { run, type Connection, type ReadModelDatabase } from "../database.ts";
import { ForeignLogError, ProjectionVersionError } from "../errors.ts";
import type { Projection } from "../projection.ts";
import { lockCopy, readActive, readCopies, type Copy, type CopyState } from "./copies.ts";
import { migrate } from "./migrate.ts";
import { schemaLock } from "./registry-schema.ts";
import { dropSchema, hasTables, pointViews, schemaName, shapeOf, stepsOf } from "./shape.ts";

type Wanted = {
  readonly state: CopyState;
  readonly switches: boolean;
  readonly until?: { readonly position: number } | { readonly time: string };
};

/** Makes a fresh copy of a projection, empty, with its tables; in the caller's transaction, which holds the schema lock. */
export async function makeCopy(
  transaction: Transaction<unknown>,
  projection: Projection,
  copies: readonly Copy[],
  wanted: Wanted,
): Promise<string> {
  const { name, version, tables } = projection;
  const builds = copies.filter((copy) => copy.projection === name && copy.version === version).map(({ build }) => build);
  const build = Math.max(0, ...builds) + 1;
  const schema = schemaName(name, version, build);
  const { state, switches, until } = wanted;
  await run(
    transaction,
    // A copy of that name may have been here before the registry was lost: its leases are none of this one's.
    `insert into aethyr.copies (schema, projection, version, build, shape, state, switches, until_position, until_time, lease_epoch)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, floor(random() * 1e12)::bigint)`,
    [
      schema,
      name,
      version,
      build,
      shapeOf(projection),
      state,
      switches,
      until !== undefined && "position" in until ? until.position : null,
      until !== undefined && "time" in until ? until.time : null,
    ],
  );
  await fill(transaction, projection, schema);
  if (state === "active") {
    await run(transaction, "insert into aethyr.projections (name, active) values ($1, $2)", [name, schema]);
    await pointViews(transaction, name, schema, Object.keys(tables));
  }
  return schema;
}

/** Tables of a copy from the beginning. What is left of an earlier one of that name, from before the registry was lost, goes. */
async function fill(transaction: Transaction<unknown>, projection: Projection, schema: string): Promise<void> {
  await run(transaction, "delete from aethyr.migrations where scope = $1", [schema]);
  await dropSchema(transaction, projection.name, schema);
  await migrate(transaction, schema, stepsOf(projection, schema));
}

/**
 * The copies of a projection that a worker of this program has to tend, made where they are missing: the first one at once as the active
 * one, one of a higher version beside the active one. `seen` may be a little old. Throws `ProjectionVersionError`, `MigrationFailedError` or `NameTakenError`, with
 * nothing changed.
 */
export async function copiesToTend(
  { kysely }: ReadModelDatabase,
  projection: Projection,
  switches: boolean,
  seen: Seen,
): Promise<readonly Copy[]> {
  if (!needsCopy(projection, seen)) return tended(projection, seen.copies);
  return kysely.transaction().execute(async (transaction) => {
    await run(transaction, schemaLock);
    const now = await look(transaction);
    if (needsCopy(projection, now)) {
      const first = !now.active.has(projection.name);
      await makeCopy(transaction, projection, now.copies, first ? { state: "active", switches: false } : { state: "building", switches });
    }
    return tended(projection, await readCopies(transaction));
  });
}

/** What the registry says: all copies, and which the views show. */
export type Seen = { readonly copies: readonly Copy[]; readonly active: ReadonlyMap<string, string> };

export async function look(connection: Connection): Promise<Seen> {
  return { copies: await readCopies(connection), active: await readActive(connection) };
}

function needsCopy({ name, version }: Projection, { copies, active }: Seen): boolean {
  const shown = copies.find(({ schema }) => schema === active.get(name));
  if (shown === undefined) return true;
  if (shown.version > version)
    throw new ProjectionVersionError(
      `version ${shown.version} of ${name} is active, and this program has version ${version}: run the newer program`,
      {
        projection: name,
        active: shown.version,
        version,
      },
    );
  const made = copies.filter((copy) => copy.projection === name && copy.version === version);
  if (shown.version < version && made.length > 0 && made.every(({ state }) => state === "retired"))
    throw new ProjectionVersionError(
      `${name} was switched back to version ${shown.version}, which this program does not have: switch to ${version}, or run the older program`,
      { projection: name, active: shown.version, version },
    );
  return shown.version < version && !made.some(({ state }) => state === "building");
}

function tended(projection: Projection, copies: readonly Copy[]): readonly Copy[] {
  const { name, version } = projection;
  const shape = shapeOf(projection);
  const ours = copies.filter((copy) => copy.projection === name && copy.version === version && !["retired", "done"].includes(copy.state));
  const other = ours.find((copy) => copy.shape !== shape);
  if (other !== undefined)
    throw new ProjectionVersionError(`the tables of ${name} are not as ${other.schema} has them: raise its version, ${version}`, {
      projection: name,
      schema: other.schema,
      version,
    });
  return ours;
}

/**
 * Makes sure that a copy is whole: tables that are gone are made anew and filled from the log's beginning; migrations that are new are applied;
 * the views show the active copy; the checkpoint is of this log. Throws `ForeignLogError`. Gives the copy as it is then.
 */
export async function settleCopy(
  { kysely }: ReadModelDatabase,
  projection: Projection,
  schema: string,
  logId: string | undefined,
): Promise<Copy | undefined> {
  return kysely.transaction().execute(async (transaction) => {
    await run(transaction, schemaLock);
    const copy = await lockCopy(transaction, schema);
    if (copy === undefined) return undefined;
    const whole = await hasTables(transaction, schema, projection);
    if (whole && logId !== undefined && copy.logId !== null && copy.logId !== logId)
      throw new ForeignLogError(`${schema} was made from the log ${copy.logId}, and this is ${logId}: rebuild it, or name the right log`, {
        schema,
        made_from: copy.logId,
        log: logId,
      });
    if (!whole) {
      await fill(transaction, projection, schema);
      await run(transaction, "delete from aethyr.put_aside where schema = $1", [schema]);
      await run(
        transaction,
        "update aethyr.copies set position = 0, events = 0, event_time = null, event_id = null, level = false, level_at = null, put_aside = 0, log_id = null where schema = $1",
        [schema],
      );
    } else await migrate(transaction, schema, stepsOf(projection, schema));
    if (logId !== undefined && copy.logId !== logId)
      await run(transaction, "update aethyr.copies set log_id = $2 where schema = $1", [schema, logId]);
    if (copy.state === "active") await pointViews(transaction, projection.name, schema, Object.keys(projection.tables));
    return lockCopy(transaction, schema);
  });
}
