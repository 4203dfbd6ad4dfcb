import { divideLane, queueLane } from "@aethyr/bus/nats";
import { createClosers, type Config } from "@aethyr/process";
import { isPartitionCount, mostPartitions } from "@aethyr/protocol";
import { ClusterError } from "../errors.ts";
import { renamedTo, unfinished, writeWorldRecord } from "../world/world-record.ts";
import { hostsOnBoard, openStoppedWorld, refuseHosts, refuseLateHosts, retireFences, type OnChangeProgress } from "./stopped-world.ts";

export type ResizeOptions = {
  readonly config: Config;
  readonly partitions: number;
  /** Looks at everything and changes nothing. */
  readonly dryRun?: boolean;
  readonly onProgress?: OnChangeProgress;
  readonly signal?: AbortSignal;
};

export type Resized = {
  readonly world: string;
  readonly from: number;
  readonly to: number;
  /** Of the new division. */
  readonly mapEpoch: number;
  /** Whether this went on with what an earlier run had begun. */
  readonly resumed: boolean;
  /** Whether there was anything to do. */
  readonly changed: boolean;
  /** Commands on the queue lane before. */
  readonly waiting: number;
  /** Commands that this run carried over, and those of them that no host could have read: they are dead letters. */
  readonly carried: number;
  readonly putAside: number;
};

/**
 * Divides a stopped world into another number of partitions. Safe to run again after it was killed at any step. In this order: (1) it is written
 * down that the world changes, so that nobody starts; (2) nobody may be there; (3) the fences of the old division are retired, from where on no
 * host of it commits anything, asleep or not; (4) what waits on the queue lane is carried over; (5) the new division is written down.
 * Rejects with `hosts_running`, `world_in_transit`, `world_renamed`, `no_hosts_yet`, `other_log`, `other_partitions`, and as log and bus do.
 */
export async function resizeWorld({ config, partitions, dryRun = false, onProgress, signal }: ResizeOptions): Promise<Resized> {
  if (!isPartitionCount(partitions))
    throw new ClusterError("other_partitions", `a world has 1 to ${mostPartitions} partitions, not ${partitions}`, { partitions });
  const { opened, close } = createClosers();
  try {
    const stopped = await openStoppedWorld(config, opened);
    const { world, place, bucket, seen } = stopped;
    const { record } = seen;
    if (record.renamed !== undefined) throw renamedTo(record.renamed);
    const { becomes = { partitions, mapEpoch: record.mapEpoch + 1 }, ...before } = record;
    const resumed = record.becomes !== undefined;
    if (becomes.partitions !== partitions || record.into !== undefined) throw unfinished(record);
    const lane = { ...place, world, name: "resize", inboxPrefix: "_INBOX_host" };
    const waiting = (await queueLane(lane))?.waiting ?? 0;
    const report = { world, from: record.partitions, to: partitions, resumed, waiting, carried: 0, putAside: 0 };
    if (record.partitions === partitions && !resumed) return { ...report, mapEpoch: record.mapEpoch, changed: false };
    const there = { ...report, mapEpoch: becomes.mapEpoch, changed: true };
    refuseHosts(await hostsOnBoard(config));
    if (dryRun) return there;

    signal?.throwIfAborted();
    const marked = await writeWorldRecord(bucket, seen, { ...before, becomes });
    await refuseLateHosts(stopped, config, marked, resumed ? undefined : before);
    await retireFences(stopped, record, onProgress);
    const carried = await divideLane({
      ...lane,
      partitions,
      onCarried: (done) => onProgress?.({ phase: "commands", done }),
      ...(signal === undefined ? {} : { signal }),
    });
    await writeWorldRecord(bucket, marked, { ...before, ...becomes });
    return { ...there, ...carried };
  } finally {
    await close();
  }
}
