import type { KV } from "@nats-io/kv";
import { z } from "zod";
import { ClusterError } from "../errors.ts";
import { isStreamNotFound, isWrongRevision } from "@aethyr/nats";
import type { Coordination } from "../nats/connect.ts";
import { missingTypes, otherModules } from "./known-types.ts";

const Division = z.object({
  /** How many partitions its aggregates are divided into. */
  partitions: z.int().min(1),
  /** Grows by one with every change of `partitions`: fences of one map mean nothing in another. */
  mapEpoch: z.int().min(1),
});

const WorldRecord = Division.extend({
  /** Id of the world's log. */
  log: z.string().min(1),
  /** All that its hosts know, as `knownTypes` gives it: it grows with a host that knows more. Absent where that was not written down yet. */
  types: z.array(z.string().min(1)).optional(),
  /** The division that it is being changed to. Until that is done no process of the world starts. */
  becomes: Division.optional(),
  /** With `becomes`: it is being renamed to this. */
  into: z.string().min(1).optional(),
  /** The world goes on under this name, and no longer under this one. */
  renamed: z.string().min(1).optional(),
});
/** What all processes of a world must agree on, as it is kept on NATS. */
export type WorldRecord = Readonly<z.infer<typeof WorldRecord>>;

/** The record as it was read; revision 0 where there is none. */
export type RecordSeen = { readonly record: WorldRecord | undefined; readonly revision: number };

/** What a process takes the world for. */
export type ExpectedWorld = {
  readonly log: string;
  /** For a host only, which may write the record. */
  readonly host?: {
    readonly partitions: number;
    /** As `knownTypes` gives them. */
    readonly types: readonly string[];
    /** What it does not know the world is to forget. */
    readonly fewerTypes?: boolean;
  };
};

const key = "world";

/**
 * What the world is; the first host to ask writes it down, and one that knows more types adds them. Rejects with `other_log` for a process on another
 * log, with `other_partitions` for a host that counts on other partitions, with `other_modules` for one that lacks types, with
 * `world_in_transit` while the world is divided anew or renamed, and with `world_renamed` afterwards.
 */
export async function agreeOnWorld(coordination: Coordination, expected: ExpectedWorld): Promise<WorldRecord> {
  const bucket = await coordination.bucket("world");
  const { log, host } = expected;
  for (;;) {
    const seen = await readWorldRecord(bucket).catch((error: unknown) => {
      if (host === undefined && isStreamNotFound(error)) throw noWorld();
      throw error;
    });
    const found = seen.record && checked(seen.record, expected);
    if (host === undefined) {
      if (found === undefined) throw noWorld();
      return found;
    }
    const record = withTypes(found ?? { log, partitions: host.partitions, mapEpoch: 1 }, host.types);
    // Where another process was quicker, it looks again.
    if (record === found || (await writeIfAsSeen(bucket, seen, record)) !== undefined) return record;
  }
}

/** What a host that is let in knows is what is known from now on. */
const withTypes = (record: WorldRecord, types: readonly string[]): WorldRecord =>
  record.types?.join() === types.join() ? record : { ...record, types: [...types] };

/** The record of a world, whatever stands in it. */
export async function readWorldRecord(bucket: KV): Promise<RecordSeen> {
  const entry = await bucket.get(key);
  if (entry === null) return { record: undefined, revision: 0 };
  return { record: WorldRecord.parse(entry.json()), revision: entry.revision };
}

/** Writes the record anew if it is still as it was seen; else rejects with `world_in_transit`: somebody else is changing it. */
export async function writeWorldRecord(bucket: KV, seen: RecordSeen, record: WorldRecord): Promise<RecordSeen> {
  const written = await writeIfAsSeen(bucket, seen, record);
  if (written !== undefined) return written;
  throw new ClusterError("world_in_transit", "another process has just changed what this world is: look what it does, then try again", {});
}

/** Undefined, with nothing written, where somebody else has written since it was seen. */
async function writeIfAsSeen(bucket: KV, { revision }: RecordSeen, record: WorldRecord): Promise<RecordSeen | undefined> {
  try {
    const value = JSON.stringify(record);
    const written = revision === 0 ? await bucket.create(key, value) : await bucket.put(key, value, { previousSeq: revision });
    return { record, revision: written };
  } catch (error) {
    if (isWrongRevision(error)) return undefined;
    throw error;
  }
}

/** Throws `other_log`. */
export function checkLog(record: WorldRecord, log: string): void {
  if (record.log !== log)
    throw new ClusterError(
      "other_log",
      "the other processes of this world use another log: name the same ImmuDB and database for all of them, or another world",
      { log, known: record.log },
    );
}

function checked(record: WorldRecord, { log, host }: ExpectedWorld): WorldRecord {
  checkLog(record, log);
  if (record.renamed !== undefined) throw renamedTo(record.renamed);
  if (record.becomes !== undefined) throw unfinished(record);
  if (host === undefined) return record;
  const { partitions, types, fewerTypes = false } = host;
  if (record.partitions !== partitions)
    throw new ClusterError(
      "other_partitions",
      `this world has ${record.partitions} partitions, not ${partitions}: set placement.partitions to ${record.partitions}`,
      { partitions, known: record.partitions },
    );
  const missing = missingTypes(record.types ?? [], types);
  if (missing.length > 0 && !fewerTypes) throw otherModules(missing);
  return record;
}

/** What to do about a change that was begun and is not done. */
export function unfinished({ becomes, into, partitions }: WorldRecord): ClusterError {
  const line = into === undefined ? `aethyr partitions resize ${becomes?.partitions ?? partitions}` : `aethyr world rename ${into}`;
  return new ClusterError(
    "world_in_transit",
    `this world is being changed, and that is not finished: run "${line}", again if it was begun before`,
    {
      partitions: becomes?.partitions ?? partitions,
      into: into ?? null,
    },
  );
}

export const renamedTo = (world: string): ClusterError =>
  new ClusterError("world_renamed", `this world is called ${world} now: set world to ${world}, for every process`, { world });

export const noWorld = (): ClusterError =>
  new ClusterError("no_hosts_yet", "no actor host has begun this world on this NATS yet: start one, then this process");
