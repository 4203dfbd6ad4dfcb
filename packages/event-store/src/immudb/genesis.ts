import { z } from "zod";
import { ForeignStoreError } from "../errors.ts";
import { failureOf } from "./error-map.ts";
import { genesisKey, genesisTx, textOf } from "./keys.ts";
import { encodeSet, type Entry } from "./messages.ts";
import type { Session } from "./session.ts";
import type { SessionReads } from "./session-reads.ts";

type KeyReader = Pick<SessionReads, "get">;

const formatVersion = 1;
export type Holds = "events" | "snapshots";

/** The first record of a database of ours, for ever. `log` tells one log from another of the same name. */
const Genesis = z.object({ format: z.literal(formatVersion), holds: z.enum(["events", "snapshots"]), log: z.uuid() });
export type Genesis = z.infer<typeof Genesis>;

const instead =
  "a log begins in a new database under a new name, and nothing is reset: run `aethyr store init` with one that is not in use";

/** Writes the first record, if the database has none. Whether it did. */
export async function writeGenesis(session: Session, holds: Holds, log: string): Promise<boolean> {
  // The record must be the first: that no event is in its transaction is what the preconditions of appends rest on.
  if ((await session.newestTx()) > 0) return false;
  const genesis: Genesis = { format: formatVersion, holds, log };
  const record = encodeSet([{ key: genesisKey, value: Buffer.from(JSON.stringify(genesis)) }], [{ kind: "mustNotExist", key: genesisKey }]);
  try {
    await session.set(record);
    return true;
  } catch (error) {
    // Somebody else created it at the same moment; or we did, and the answer was lost. Which record is there is checked afterwards.
    if (failureOf(error) !== "precondition") throw error;
    return false;
  }
}

/** The first record. Rejects with `foreign_store` unless the database is one of ours, of this format. */
export async function checkGenesis(session: KeyReader, database: string, holds: Holds): Promise<Genesis> {
  const first = await session.get(genesisKey);
  if (first === undefined) throw new ForeignStoreError(`the database ${database} holds no log of ours; ${instead}`);
  if (first.tx !== genesisTx)
    throw new ForeignStoreError(`the first record of the database ${database} is not where it was written; ${instead}`);
  const genesis = Genesis.safeParse(parsed(textOf(first.value)));
  if (!genesis.success)
    throw new ForeignStoreError(
      `the database ${database} is not of format ${formatVersion}, which is the one that this version reads: use the version that wrote it, or ${instead}`,
      { cause: genesis.error },
    );
  if (genesis.data.holds !== holds)
    throw new ForeignStoreError(`the database ${database} holds ${genesis.data.holds}, not ${holds}: check the names of the two databases`);
  return genesis.data;
}

/** The id in what is found under the key of the first record; undefined where that is none of ours. */
export const logIdOf = (found: Entry | undefined): string | undefined => found && Genesis.safeParse(parsed(textOf(found.value))).data?.log;

/** Rejects with `foreign_store` unless the database is the one of this log: another one under the same name would be a second history. */
export async function checkSameLog(session: KeyReader, database: string, holds: Holds, logId: string): Promise<void> {
  const { log } = await checkGenesis(session, database, holds);
  if (log !== logId)
    throw new ForeignStoreError(
      `the database ${database} is of the log ${log}, and that of the log ${logId} is the one to use: check address and names, and whether a wrong back-up was restored`,
    );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
