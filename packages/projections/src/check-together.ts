import { DefinitionError } from "@aethyr/kernel";
import type { Projection } from "./projection.ts";

/** Throws `DefinitionError` for projections that cannot be in one database: of one name, or with tables of one name. */
export function checkTogether(projections: readonly Projection[]): void {
  const owners = new Map<string, string>();
  const names = new Set<string>();
  for (const { name, tables } of projections) {
    if (names.has(name)) throw new DefinitionError(`there are two projections ${name}`, { name });
    names.add(name);
    for (const table of Object.keys(tables)) {
      const owner = owners.get(table);
      if (owner !== undefined)
        throw new DefinitionError(`${owner} and ${name} both have a table ${table}: analysts find it by its name alone`, { table });
      owners.set(table, name);
    }
  }
}
