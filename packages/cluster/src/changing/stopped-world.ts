import type { ImmudbEventStore } from "@aethyr/event-store/immudb";
import { partitionName } from "@aethyr/placement";
import type { Closers, Config } from "@aethyr/process";
import { openImmudb } from "@aethyr/process/immudb";
import { silentLog } from "@aethyr/runtime";
import type { KV } from "@nats-io/kv";
import { ClusterError } from "../errors.ts";
import { connectBoard } from "../nats/connect-board.ts";
import { connectCoordination, type Coordination } from "../nats/connect.ts";
import { natsPlace, type ConfiguredNats } from "../nats/nats-place.ts";
import { checkLog, noWorld, readWorldRecord, writeWorldRecord, type RecordSeen, type WorldRecord } from "../world/world-record.ts";

/** A world whose processes are stopped, as whoever changes it has it: with the rights of a host. */
export type StoppedWorld = {
  readonly world: string;
  readonly store: ImmudbEventStore;
  readonly place: ConfiguredNats;
  readonly coordination: Coordination;
  readonly bucket: KV;
  readonly seen: RecordSeen & { readonly record: WorldRecord };
};

/** What a change is at. */
export type ChangeProgress = { readonly phase: "fences" | "commands" | "keys" | "letters"; readonly done: number };
export type OnChangeProgress = (progress: ChangeProgress) => void;

/**
 * Opens what is to be changed, and changes nothing. Rejects with `no_hosts_yet` for a world that was never begun, with `other_log`, and as
 * `openImmudb` and the connection to NATS do.
 */
export async function openStoppedWorld(config: Config, opened: Closers["opened"]): Promise<StoppedWorld> {
  const { world } = config;
  const place = await natsPlace(config);
  const store = opened(await openImmudb(config));
  const coordination = opened(await connectCoordination(place, { world, role: "host", log: silentLog, createBuckets: true }));
  const bucket = await coordination.bucket("world");
  const seen = await readWorldRecord(bucket);
  if (seen.record === undefined) throw noWorld();
  checkLog(seen.record, store.logId);
  return { world, store, place, coordination, bucket, seen: { ...seen, record: seen.record } };
}

/** Names of the hosts that are on the board. One that was killed stays there until its announcement runs out. */
export async function hostsOnBoard(config: Config): Promise<readonly string[]> {
  const board = await connectBoard(config, "host", silentLog);
  try {
    const hosts = new Set<string>();
    await board.watch((change) => {
      if (change.kind !== "member") return;
      if (change.member === undefined) hosts.delete(change.host);
      else hosts.add(change.host);
    });
    return [...hosts].toSorted();
  } finally {
    await board.close();
  }
}

/** Throws `hosts_running`. */
export function refuseHosts(hosts: readonly string[]): void {
  if (hosts.length === 0) return;
  throw new ClusterError(
    "hosts_running",
    `${hosts.length === 1 ? "the host" : "the hosts"} ${hosts.join(", ")} of this world ${hosts.length === 1 ? "is" : "are"} running: stop all hosts first. One that was killed is forgotten after 15 s`,
    { hosts: [...hosts] },
  );
}

/**
 * Looks once more for hosts when it is written down that the world changes: one may have read the record before. Throws `hosts_running`, with the
 * record as it was `before`; undefined for a run that goes on with an earlier one, which may have done what cannot be taken back.
 */
export async function refuseLateHosts(
  { bucket }: Pick<StoppedWorld, "bucket">,
  config: Config,
  marked: RecordSeen,
  before: WorldRecord | undefined,
): Promise<void> {
  const late = await hostsOnBoard(config);
  if (late.length > 0 && before !== undefined) await writeWorldRecord(bucket, marked, before);
  refuseHosts(late);
}

/**
 * Shuts the hosts of a division out for good: whoever was asleep and wakes up can neither commit nor take a partition of it. All of it is done
 * once this resolves; otherwise it may be called again.
 */
export async function retireFences(
  { store }: Pick<StoppedWorld, "store">,
  { partitions: count, mapEpoch }: Pick<WorldRecord, "partitions" | "mapEpoch">,
  onProgress: OnChangeProgress = () => undefined,
): Promise<void> {
  for (let partition = 0; partition < count; partition += 1) {
    await store.fences.retire(partitionName({ count, mapEpoch }, partition));
    onProgress({ phase: "fences", done: partition + 1 });
  }
}
