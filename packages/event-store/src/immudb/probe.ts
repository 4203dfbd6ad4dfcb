import { randomUUID } from "node:crypto";
import { openChannel } from "./channel.ts";
import { checkSettings } from "./database-settings.ts";
import { failureOf, unavailable } from "./error-map.ts";
import { checkGenesis, checkSameLog } from "./genesis.ts";
import { genesisKey, probeKey, textOf } from "./keys.ts";
import { sampleIndex } from "./index-check.ts";
import { suspectFor } from "./index-guard.ts";
import { encodeSet } from "./messages.ts";
import { checkOptions, ImmudbPlace, snapshotsDatabaseOf } from "./place.ts";
import { openSession, type Session } from "./session.ts";

/** What a log's server lets its user do. */
export type ImmudbProbe = {
  readonly logId: string;
  /** Id of the newest transaction of the log. */
  readonly tx: number;
  /** Whether the user may append to the log: asked for with a write that the server must refuse, so that nothing is written. */
  readonly mayAppend: boolean;
  /** Whether a record was written to the snapshots' database, and read back. */
  readonly mayKeepSnapshots: boolean;
};

/**
 * Looks whether a log can be used, without a trace in it: connection, login, first records and settings, and what the user may do. Rejects as
 * `openImmudbEventStore` does.
 */
export async function probeImmudb(options: ImmudbPlace): Promise<ImmudbProbe> {
  const place = checkOptions(ImmudbPlace, options);
  const channel = openChannel(place.address, { tls: place.tls });
  const log = openSession(channel, place, place.database);
  const snapshots = openSession(channel, place, snapshotsDatabaseOf(place));
  try {
    const { log: logId } = await checkGenesis(log, place.database, "events");
    await checkSettings(log, place.database);
    await checkSameLog(snapshots, snapshotsDatabaseOf(place), "snapshots", logId);
    await checkSettings(snapshots, snapshotsDatabaseOf(place));
    const appends = await mayAppend(log);
    // The server lets only writers read many keys at once.
    if (appends) await checkIndexOf(log);
    return { logId, tx: await log.newestTx(), mayAppend: appends, mayKeepSnapshots: await mayWrite(snapshots) };
  } catch (error) {
    throw unavailable(error, `probe the log ${place.database}`);
  } finally {
    await Promise.all([log.close(), snapshots.close()]);
    channel.close();
  }
}

async function checkIndexOf(log: Session): Promise<void> {
  const gap = await sampleIndex(log);
  if (gap) throw suspectFor(gap);
}

async function mayAppend(log: Session): Promise<boolean> {
  // The first record is there, so that it can never be the one that must not be.
  const impossible = encodeSet([{ key: probeKey, value: Buffer.alloc(0) }], [{ kind: "mustNotExist", key: genesisKey }]);
  try {
    await log.set(impossible);
    return true;
  } catch (error) {
    if (failureOf(error) === "precondition") return true;
    if (failureOf(error) === "impossible") return false;
    throw error;
  }
}

async function mayWrite(snapshots: Session): Promise<boolean> {
  const value = randomUUID();
  try {
    await snapshots.set(encodeSet([{ key: probeKey, value: Buffer.from(value) }], []));
  } catch (error) {
    if (failureOf(error) === "impossible") return false;
    throw error;
  }
  const found = await snapshots.get(probeKey);
  // Somebody else may probe at the same time: then theirs is there, as new as ours.
  return found !== undefined && textOf(found.value).length === value.length;
}
