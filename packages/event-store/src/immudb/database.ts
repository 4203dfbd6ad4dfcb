import { randomUUID } from "node:crypto";
import { z } from "zod";
import { ForeignStoreError } from "../errors.ts";
import { positionsPerTransaction } from "../position.ts";
import { openChannel, type Channel } from "./channel.ts";
import { failureOf, unavailable } from "./error-map.ts";
import { genesisKey, genesisTx, textOf } from "./keys.ts";
import { encodeCreateDatabase, encodeSet } from "./messages.ts";
import { openSession, type Login, type Session } from "./session.ts";

/** Where a log is. */
export type ImmudbPlace = Login & {
  /** `host:port` of the server's gRPC interface. */
  readonly address: string;
  /** Small letters, digits and `_`. */
  readonly database: string;
  /** Default: the name of the database and `_snapshots`. */
  readonly snapshotsDatabase?: string;
};

const formatVersion = 1;

/** The first record of a database of ours, for ever. */
const Genesis = z.object({ format: z.literal(formatVersion), holds: z.enum(["events", "snapshots"]), log: z.uuid() });
type Genesis = z.infer<typeof Genesis>;

/**
 * Measured: no waiting for others to share an fsync, because conditional writes cannot; values beside their keys, which saves one fsync.
 * Permanent, except for the frequency.
 */
const settings = { maxKeyLen: 256, maxTxEntries: positionsPerTransaction, syncFrequencyMs: 0, embeddedValues: true } as const;

/** The database in which a session may ask for another. */
const systemDatabase = "defaultdb";

export const snapshotsDatabaseOf = ({ database, snapshotsDatabase }: ImmudbPlace): string => snapshotsDatabase ?? `${database}_snapshots`;

/**
 * Creates the two databases of a log with the settings that it needs, and writes their first records. Databases of ours that exist are left
 * as they are. The user must be allowed to create databases. Rejects with `unavailable`, or `foreign_store` for databases that hold
 * something else.
 */
export async function createImmudbDatabase(place: ImmudbPlace): Promise<void> {
  const channel = openChannel(place.address);
  try {
    await create(channel, place, place.database, "events");
    await create(channel, place, snapshotsDatabaseOf(place), "snapshots");
  } finally {
    channel.close();
  }
}

async function create(channel: Channel, login: Login, database: string, holds: Genesis["holds"]): Promise<void> {
  const system = openSession(channel, login, systemDatabase);
  const session = openSession(channel, login, database);
  try {
    await system.createDatabase(encodeCreateDatabase(database, settings));
    await writeGenesis(session, { format: formatVersion, holds, log: randomUUID() });
    await checkGenesis(session, database, holds);
  } catch (error) {
    throw unavailable(error, `create the database ${database}`);
  } finally {
    await Promise.all([system.close(), session.close()]);
  }
}

async function writeGenesis(session: Session, genesis: Genesis): Promise<void> {
  // The record must be the first: that no event is in its transaction is what the preconditions of appends rest on.
  if ((await session.newestTx()) > 0) return;
  const record = encodeSet([{ key: genesisKey, value: Buffer.from(JSON.stringify(genesis)) }], [{ kind: "mustNotExist", key: genesisKey }]);
  try {
    await session.set(record);
  } catch (error) {
    // Somebody else created it at the same moment.
    if (failureOf(error) !== "precondition") throw error;
  }
}

/** Rejects with `foreign_store` unless the database is one of ours, of this format. */
export async function checkGenesis(session: Session, database: string, holds: Genesis["holds"]): Promise<void> {
  const first = await session.get(genesisKey);
  if (first === undefined)
    throw new ForeignStoreError(`the database ${database} holds no log: create one, under a name that is not in use`);
  if (first.tx !== genesisTx) throw new ForeignStoreError(`the first record of the database ${database} is not where it was written`);
  const genesis = Genesis.safeParse(parsed(textOf(first.value)));
  if (!genesis.success)
    throw new ForeignStoreError(`the database ${database} is not of format ${formatVersion}, which is the one that this version reads`, {
      cause: genesis.error,
    });
  if (genesis.data.holds !== holds) throw new ForeignStoreError(`the database ${database} holds ${genesis.data.holds}, not ${holds}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
