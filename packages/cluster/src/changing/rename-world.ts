import { connectNatsBus, divideLane, queueLane } from "@aethyr/bus/nats";
import { createClosers, type Config } from "@aethyr/process";
import { immudbNames } from "@aethyr/process/immudb";
import { isWorldName } from "@aethyr/protocol";
import { silentLog } from "@aethyr/runtime";
import { ClusterError } from "../errors.ts";
import { connectCoordination } from "../nats/connect.ts";
import { readWorldRecord, renamedTo, unfinished, writeWorldRecord, type RecordSeen, type WorldRecord } from "../world/world-record.ts";
import { copyKeys, eraseKeys } from "./move-keys.ts";
import {
  hostsOnBoard,
  openStoppedWorld,
  refuseHosts,
  refuseLateHosts,
  retireFences,
  type OnChangeProgress,
  type StoppedWorld,
} from "./stopped-world.ts";

export type RenameOptions = {
  /** As the world is called until now. */
  readonly config: Config;
  readonly to: string;
  /** Looks at everything and changes nothing. */
  readonly dryRun?: boolean;
  readonly onProgress?: OnChangeProgress;
  readonly signal?: AbortSignal;
};

export type Renamed = {
  readonly from: string;
  readonly to: string;
  readonly resumed: boolean;
  /** Whether there was anything to do. */
  readonly changed: boolean;
  readonly partitions: number;
  readonly mapEpoch: number;
  /** Where the log stays, which has no name of a world in it. */
  readonly database: string;
  /** Keys of what is sealed in the log. */
  readonly keys: number;
  readonly letters: number;
  readonly waiting: number;
  readonly carried: number;
  readonly putAside: number;
};

/** More than a world has: they are few, and the stream has an end. */
const mostLetters = 100_000;

/**
 * Gives a stopped world another name. Its log stays as and where it is; what NATS has moves: keys, commands that wait, dead letters. The feed
 * of the new name is filled from the log by its relay. Safe to run again after it was killed at any step. The hosts of the old name are shut out as in
 * `resizeWorld`, and the record of the old name says where the world is. Rejects as `resizeWorld`, and with `world_taken` where there is a world of
 * the new name.
 */
export async function renameWorld({ config, to, dryRun = false, onProgress, signal }: RenameOptions): Promise<Renamed> {
  const { world: from } = config;
  if (!isWorldName(to) || to === from)
    throw new ClusterError("world_taken", `"${to}" can be no new name of this world: 1–32 characters of a–z 0–9 -`, { to });
  const { opened, close } = createClosers();
  try {
    const stopped = await openStoppedWorld(config, opened);
    const { place, bucket, seen } = stopped;
    const { record } = seen;
    const { renamed, into, becomes = { partitions: record.partitions, mapEpoch: record.mapEpoch + 1 }, ...before } = record;
    const { partitions, mapEpoch } = becomes;
    const resumed = into === to;
    const lane = { ...place, name: "rename", inboxPrefix: "_INBOX_host" };
    const waiting = (await queueLane({ ...lane, world: from }))?.waiting ?? 0;
    const report = { from, to, resumed, partitions, mapEpoch, database: immudbNames(config).database, waiting };
    const untouched = { ...report, changed: true, keys: 0, letters: 0, carried: 0, putAside: 0 };
    if (renamed === to) {
      // The last step, which may have been missing.
      if (!dryRun) await eraseKeys(stopped.coordination);
      return { ...untouched, mapEpoch: record.mapEpoch + 1, changed: false };
    }
    if (renamed !== undefined) throw renamedTo(renamed);
    if (record.becomes !== undefined && !resumed) throw unfinished(record);
    refuseHosts(await hostsOnBoard(config));
    if (dryRun) return untouched;

    signal?.throwIfAborted();
    const target = opened(await connectCoordination(place, { world: to, role: "host", log: silentLog, createBuckets: true }));
    const targetBucket = await target.bucket("world");
    const done: WorldRecord = { log: record.log, partitions, mapEpoch, ...(record.types === undefined ? {} : { types: record.types }) };
    const found = await readWorldRecord(targetBucket);
    refuseTaken(found, done, resumed);
    const marked = resumed ? seen : await writeWorldRecord(bucket, seen, { ...before, becomes, into: to });
    await refuseLateHosts(stopped, config, marked, resumed ? undefined : before);
    let result = untouched;
    if (found.record === undefined || found.record.becomes !== undefined) {
      const begun = found.record === undefined ? await writeWorldRecord(targetBucket, found, { ...done, becomes }) : found;
      await retireFences(stopped, record, onProgress);
      const keys = await copyKeys(stopped.coordination, target, (count) => onProgress?.({ phase: "keys", done: count }));
      const carried = await divideLane({
        ...lane,
        world: from,
        into: to,
        partitions,
        onCarried: (count) => onProgress?.({ phase: "commands", done: count }),
        ...(signal === undefined ? {} : { signal }),
      });
      const letters = await copyLetters(stopped, lane, to);
      onProgress?.({ phase: "letters", done: letters });
      await writeWorldRecord(targetBucket, begun, done);
      result = { ...untouched, ...carried, keys, letters };
    }
    await writeWorldRecord(bucket, marked, { ...before, renamed: to });
    await eraseKeys(stopped.coordination);
    return result;
  } finally {
    await close();
  }
}

/** Throws `world_taken` for a name that another world has, and for what is no half-done work of ours. */
function refuseTaken({ record }: RecordSeen, done: WorldRecord, resumed: boolean): void {
  if (record === undefined) return;
  if (resumed && record.log === done.log && record.mapEpoch === done.mapEpoch && record.renamed === undefined) return;
  throw new ClusterError("world_taken", "there is, or was, a world of that name on this NATS: choose another name", {});
}

/** Copies what the other world does not have yet, the oldest first. */
async function copyLetters({ world }: StoppedWorld, lane: Pick<Parameters<typeof queueLane>[0], "servers">, to: string): Promise<number> {
  const { opened, close } = createClosers();
  try {
    const source = opened(await connectNatsBus({ ...lane, world, createStreams: false }));
    const target = opened(await connectNatsBus({ ...lane, world: to, createStreams: false }));
    const there = new Set((await target.deadLetters(mostLetters)).map(({ id, reason }) => `${id} ${reason}`));
    let copied = 0;
    for (const { number: _, at: __, ...letter } of (await source.deadLetters(mostLetters)).toReversed()) {
      if (there.has(`${letter.id} ${letter.reason}`)) continue;
      await target.deadLetter(letter);
      copied += 1;
    }
    return copied;
  } finally {
    await close();
  }
}
