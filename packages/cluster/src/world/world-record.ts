import { JetStreamApiError } from "@nats-io/jetstream";
import { z } from "zod";
import { ClusterError } from "../errors.ts";
import { isWrongRevision } from "@aethyr/nats";
import type { Coordination } from "../nats/connect.ts";

const WorldRecord = z.object({
  /** Id of the world's log. */
  log: z.string().min(1),
  /** How many partitions its aggregates are divided into. */
  partitions: z.int().min(1),
  /** Grows by one with every change of `partitions`: fences of one map mean nothing in another. */
  mapEpoch: z.int().min(1),
});
/** What all processes of a world must agree on, as it is kept on NATS. */
export type WorldRecord = Readonly<z.infer<typeof WorldRecord>>;

const key = "world";
/** The server's code for a stream, or a bucket, that is not there. */
const noStream = 10_059;

/**
 * What the world is; the first process to ask writes it down. Rejects with `other_log` for a process on another log, and with
 * `other_partitions` for one that counts on other partitions.
 */
export async function agreeOnWorld(
  coordination: Coordination,
  expected: { readonly log: string; readonly partitions?: number },
): Promise<WorldRecord> {
  const bucket = await coordination.bucket("world");
  for (;;) {
    const entry = await bucket.get(key).catch((error: unknown) => {
      if (expected.partitions === undefined && error instanceof JetStreamApiError && error.code === noStream) throw noWorld();
      throw error;
    });
    if (entry !== null) return checked(WorldRecord.parse(entry.json()), expected);
    if (expected.partitions === undefined) throw noWorld();
    const record: WorldRecord = { log: expected.log, partitions: expected.partitions, mapEpoch: 1 };
    try {
      await bucket.create(key, JSON.stringify(record));
      return record;
    } catch (error) {
      // Another process was quicker: look again.
      if (!isWrongRevision(error)) throw error;
    }
  }
}

function checked(record: WorldRecord, { log, partitions }: { readonly log: string; readonly partitions?: number }): WorldRecord {
  if (record.log !== log)
    throw new ClusterError(
      "other_log",
      "the other processes of this world use another log: name the same ImmuDB and database for all of them, or another world",
      { log, known: record.log },
    );
  if (partitions !== undefined && record.partitions !== partitions)
    throw new ClusterError(
      "other_partitions",
      `this world has ${record.partitions} partitions, not ${partitions}: set placement.partitions to ${record.partitions}`,
      { partitions, known: record.partitions },
    );
  return record;
}

const noWorld = (): ClusterError =>
  new ClusterError("no_hosts_yet", "no actor host has begun this world on this NATS yet: start one, then this process");
