import { run, type ReadModelDatabase } from "../database.ts";
import { foreignLog, UnknownProjectionError, WrongStateError } from "../errors.ts";
import { lockCopy } from "./copies.ts";
import { schemaLock } from "./registry-schema.ts";
import { dropSchema, pointViews, tablesIn } from "./shape.ts";

const usualWaitMs = 5_000;

export type SwitchOptions = {
  readonly evenIfBehind?: boolean;
  /** Remembers that it has been level, in the same transaction. */
  readonly isLevel?: boolean;
  /** How long it waits for queries that hold a view. Default 5 s. */
  readonly waitMs?: number;
};

/**
 * Lets the views show another copy, in one transaction; the one that was active is kept as retired, and stands still. Throws
 * `projection_state` where the copy is behind the active one, unless `evenIfBehind`.
 */
export async function switchTo(
  { kysely }: ReadModelDatabase,
  projection: string,
  schema: string,
  options: SwitchOptions = {},
): Promise<void> {
  const { evenIfBehind = false, isLevel = false, waitMs = usualWaitMs } = options;
  await kysely.transaction().execute(async (transaction) => {
    await run(transaction, schemaLock);
    await run(transaction, `set local lock_timeout to ${waitMs}`);
    const [shown] = await run<{ active: string }>(transaction, "select active from aethyr.projections where name = $1 for update", [
      projection,
    ]);
    const next = await lockCopy(transaction, schema);
    if (shown === undefined || next?.projection !== projection) throw unknownCopy(projection, schema);
    if (shown.active === schema) return;
    if (next.state === "apart" || next.state === "done")
      throw new WrongStateError(`${schema} is the world as it was, and is not followed: it cannot be the active one`, {
        schema,
        state: next.state,
      });
    const before = await lockCopy(transaction, shown.active);
    // Where they are in two logs says nothing of which is behind.
    const isOfThisLog = before?.failure?.code !== foreignLog;
    if (before !== undefined && isOfThisLog && next.position < before.position && !evenIfBehind)
      throw new WrongStateError(
        `${schema} is at position ${next.position}, behind ${before.schema} at ${before.position}: wait until it is level`,
        {
          schema,
          position: next.position,
          active: before.schema,
          active_position: before.position,
        },
      );
    await run(transaction, "update aethyr.copies set state = 'retired' where schema = $1", [shown.active]);
    await run(transaction, "update aethyr.copies set state = 'active', switches = false, level = level or $2 where schema = $1", [
      schema,
      isLevel,
    ]);
    await run(transaction, "update aethyr.projections set active = $2 where name = $1", [projection, schema]);
    await pointViews(transaction, projection, schema, await tablesIn(transaction, schema));
  });
}

/** Removes a copy with its rows. Throws `projection_state` where it is the active one. */
export async function dropCopy({ kysely }: ReadModelDatabase, projection: string, schema: string): Promise<void> {
  await kysely.transaction().execute(async (transaction) => {
    await run(transaction, schemaLock);
    await run(transaction, `set local lock_timeout to ${usualWaitMs}`);
    const copy = await lockCopy(transaction, schema);
    if (copy?.projection !== projection) throw unknownCopy(projection, schema);
    if (copy.state === "active")
      throw new WrongStateError(`${schema} is the active copy of ${projection}: switch to another one first`, { schema });
    await run(transaction, "delete from aethyr.copies where schema = $1", [schema]);
    await run(transaction, "delete from aethyr.migrations where scope = $1", [schema]);
    await dropSchema(transaction, projection, schema);
  });
}

export const unknownCopy = (projection: string, schema: string): UnknownProjectionError =>
  new UnknownProjectionError(`${projection} has no copy ${schema}: see the list of projections`, { projection, schema });
