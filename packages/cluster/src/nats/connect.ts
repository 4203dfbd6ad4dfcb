import { jetstream, JetStreamApiError } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { Kvm, type KV, type KvOptions } from "@nats-io/kv";
import type { Log } from "@aethyr/runtime";
import type { NatsPlace } from "./nats-place.ts";

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
  place: NatsPlace,
  { world, role, log, createBuckets }: CoordinationOptions,
): Promise<Coordination> {
  const { servers, username, password, tls, replicas } = place;
  const nats = await connect({
    servers: [...servers],
    name: `${role} (coordination)`,
    inboxPrefix: `_INBOX_${role}`,
    // Stack traces of pending calls cost half of the throughput.
    noAsyncTraces: true,
    maxReconnectAttempts: -1,
    ...(username === undefined ? {} : { user: username, pass: password ?? "" }),
    ...(tls === undefined ? {} : { tls }),
  });
  void (async () => {
    for await (const status of nats.status())
      log.info(
        { connection: "coordination", status: status.type, ...(status.type === "error" ? { detail: status.error.message } : {}) },
        "nats",
      );
  })();
  const buckets = new Kvm(jetstream(nats));
  return {
    nats,
    async bucket(bucket, options = {}) {
      const name = `${bucket}_${world}`;
      // A read from any server but the leader may be of the past.
      const reading = { allow_direct: false };
      if (!createBuckets) return buckets.open(name, reading);
      return buckets.create(name, { ...reading, replicas: replicas ?? usualReplicas(nats), ...options });
    },
    close: () => nats.close(),
  };
}

/** Three where there are servers for it. */
const usualReplicas = ({ info }: NatsConnection): number => (info?.cluster !== undefined && (info.connect_urls ?? []).length >= 3 ? 3 : 1);

/** The server's words for "another revision": in order, and while another write is on its way. */
const conflicts: ReadonlySet<number> = new Set([10_071, 10_164]);

/** Whether a conditional write was refused because somebody else has written. */
export const isConflict = (error: unknown): boolean => error instanceof JetStreamApiError && conflicts.has(error.code);
