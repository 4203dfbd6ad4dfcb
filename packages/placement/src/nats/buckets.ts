import { usualReplicas } from "@aethyr/nats";
import { jetstream, JetStreamApiError } from "@nats-io/jetstream";
import { Kvm, type KV, type KvOptions } from "@nats-io/kv";
import type { NatsConnection } from "@nats-io/transport-node";
import { BoardUnavailableError } from "../errors.ts";
import type { NatsBoardOptions } from "./options.ts";

/** `ttlMs`: of members and leases, as the buckets have it. */
export type Buckets = { readonly members: KV; readonly leases: KV; readonly pins: KV; readonly ttlMs: number };

const bucketNames = (world: string) => ({ members: `members_${world}`, leases: `leases_${world}`, pins: `pins_${world}` });

/** How long a watcher that was away can still be told that something ran out; looking at everything tells it as well. */
const markerMs = 30_000;
const nameInUse = 10058;

/** Opens the buckets of a world, and creates those that do not exist. */
export async function openBuckets(nats: NatsConnection, options: NatsBoardOptions): Promise<Buckets> {
  const { world, ttlMs = 15_000, replicas = usualReplicas(nats.info), callTimeoutMs = 2_000, createBuckets = true } = options;
  const kvm = new Kvm(jetstream(nats, { timeout: callTimeoutMs }));
  const names = bucketNames(world);
  // Reads are of the newest, so they go to the leader.
  const plain: Partial<KvOptions> = { history: 1, replicas, allow_direct: false };
  const expiring: Partial<KvOptions> = { ...plain, ttl: ttlMs, markerTTL: markerMs };
  const open = async (name: string, config: Partial<KvOptions>): Promise<KV> => {
    if (!createBuckets) return kvm.open(name, { allow_direct: false });
    try {
      return await kvm.create(name, config);
    } catch (error) {
      // Two hosts that start at once with different settings: the other one's hold.
      if (error instanceof JetStreamApiError && error.code === nameInUse) return kvm.create(name, config);
      throw error;
    }
  };
  const [members, leases, pins] = [await open(names.members, expiring), await open(names.leases, expiring), await open(names.pins, plain)];
  const ttls = await Promise.all([members, leases].map(async (bucket) => (await bucket.status()).ttl));
  const least = Math.min(...ttls);
  if (!(least > 0)) throw new BoardUnavailableError(`entries of ${names.members} or ${names.leases} never run out: delete the buckets`);
  return { members, leases, pins, ttlMs: least };
}
