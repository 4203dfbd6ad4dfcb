import { randomUUID } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { CorruptStoreError } from "../errors.ts";

/**
 * The first record of every log, alone in its first transaction: every log has an id of its own, by which what lies beside it knows that it is
 * the same one. The record is of the same form on every engine; the hashes are over it.
 */
const Genesis = z.object({ format: z.literal(1), holds: z.literal("events"), log: z.uuid() });
const genesisName = "genesis";

/** Name and text of a new log's first record. */
export const newGenesis = (): readonly [name: string, text: string] => [
  genesisName,
  JSON.stringify({ format: 1, holds: "events", log: randomUUID() } satisfies z.infer<typeof Genesis>),
];

/** The id of a log. Throws `CorruptStoreError` where its first record is missing or cannot be read. */
export function readLogId(database: DatabaseSync): string {
  const row = database.prepare("SELECT value FROM meta WHERE name = ?").get(genesisName);
  const genesis = Genesis.safeParse(parsed(row?.["value"]));
  if (genesis.success) return genesis.data.log;
  throw new CorruptStoreError(
    "the first record of the log, which names it, cannot be read; restore the log from a backup",
    {},
    { cause: genesis.error },
  );
}

function parsed(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}
