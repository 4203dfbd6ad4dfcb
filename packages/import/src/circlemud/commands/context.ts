import type { CommandMaker } from "../../commands/import-command.ts";
import type { Ids } from "./ids.ts";

/** What every mapping of records to commands needs. */
export type Context = {
  readonly ids: Ids;
  readonly make: CommandMaker;
};
