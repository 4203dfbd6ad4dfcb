import { jetstream } from "@nats-io/jetstream";
import { openConnection, usualReplicas } from "@aethyr/nats";
import type { NatsConnection } from "@nats-io/transport-node";
import { Kvm, type KV, type KvOptions } from "@nats-io/kv";
import type { Log } from "@aethyr/runtime";
import { logStatus } from "./log-status.ts";
import type { ConfiguredNats } from "./nats-place.ts";

/** A connection for all that is neither command nor event: what the processes of a world tell each other, and the little that they keep together. */
export type Coordination = {
  readonly nats: NatsConnection;
  /** A bucket of this world. Hosts make what is not there; for others that is an error, at the first call on the bucket. */
  bucket(name: string, options?: Partial<KvOptions>): Promise<KV>;
  close(): Promise<void>;
};

export type CoordinationOptions = {
  readonly world: string;
  readonly role: string;
  readonly log: Log;
  /** Whether buckets that are not there are made; only hosts may. */
  readonly createBuckets: boolean;
};

/** Rejects where no server is there within some seconds; later it is tried again without end. */
export async function connectCoordination(
  place: ConfiguredNats,
  { world, role, log, createBuckets }: CoordinationOptions,
): Promise<Coordination> {
  const named = { ...place, name: `${role} (coordination)`, inboxPrefix: `_INBOX_${role}` };
  const { nats, close } = await openConnection(named, logStatus(log, "coordination"));
  const buckets = new Kvm(jetstream(nats));
  return {
    nats,
    async bucket(bucket, options = {}) {
      const name = `${bucket}_${world}`;
      // A read from any server but the leader may be of the past.
      const reading = { allow_direct: false };
      if (!createBuckets) return buckets.open(name, reading);
      return buckets.create(name, { ...reading, replicas: place.replicas ?? usualReplicas(nats.info), ...options });
    },
    close,
  };
}
