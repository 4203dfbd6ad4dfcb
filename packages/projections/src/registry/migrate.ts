import type { Kysely, Transaction } from "kysely";
import { run } from "../database.ts";
import { MigrationFailedError } from "../errors.ts";
import { faultOf } from "../fault.ts";

/** One step of a scope; it has run when its name is in `aethyr.migrations`. */
export type MigrationStep = { readonly name: string; readonly run: (transaction: Kysely<unknown>) => Promise<unknown> };

/** Applies the steps that have not run, each recorded in the caller's transaction: all of them, or none. Gives the names of those that ran. */
export async function migrate(
  transaction: Transaction<unknown>,
  scope: string,
  steps: readonly MigrationStep[],
): Promise<readonly string[]> {
  const done = await run<{ name: string }>(transaction, "select name from aethyr.migrations where scope = $1", [scope]);
  const known = new Set(done.map(({ name }) => name));
  const ran: string[] = [];
  for (const step of steps) {
    if (known.has(step.name)) continue;
    try {
      await step.run(transaction);
    } catch (error) {
      if (faultOf(error) === "unavailable") throw error;
      throw new MigrationFailedError(scope, step.name, error);
    }
    await run(transaction, "insert into aethyr.migrations (scope, name) values ($1, $2)", [scope, step.name]);
    ran.push(step.name);
  }
  return ran;
}
