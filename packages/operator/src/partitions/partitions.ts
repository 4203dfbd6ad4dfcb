import { z } from "zod";
import { NotInAClusterError } from "../errors.ts";

const count = z.int().nonnegative();

/** One partition, as it stands on the board that all hosts write on. */
export const PartitionStatus = z.object({
  partition: count.describe("Its number, from 0"),
  state: z
    .enum(["unowned", "acquiring", "fencing", "active", "draining", "lost"])
    .describe("What its owner does with it, as that has written last; only `active` ones take commands"),
  owner: z.string().nullable().describe("The host that has its lease; null: nobody"),
  desired: z.string().nullable().describe("The host that should have it; null: no host takes partitions"),
  pin: z.string().nullable().describe("The host that an operator wished it onto"),
  epoch: count.describe("Of its owner's fence, 0 as long as there is none; grows by one with every owner"),
});
export type PartitionStatus = Readonly<z.infer<typeof PartitionStatus>>;

export const MemberStatus = z.object({
  host: z.string(),
  state: z.enum(["joining", "serving", "draining", "left"]).describe("`draining`: it gives away what it has and takes nothing"),
  alive: z.boolean().describe("Whether it gave a sign of life within the last seconds"),
  weight: z.number().nonnegative().describe("Share of the partitions that it wants, relative to others"),
  partitions: count.describe("How many leases it has"),
  version: z.string().describe("Of its program"),
  incarnation: z.string().describe("One run of its process"),
});
export type MemberStatus = Readonly<z.infer<typeof MemberStatus>>;

/** Who is there, and who has which partition. */
export const PlacementStatus = z.object({ members: z.array(MemberStatus), partitions: z.array(PartitionStatus) });
export type PlacementStatus = {
  readonly members: readonly MemberStatus[];
  readonly partitions: readonly PartitionStatus[];
};

/**
 * What operators do about the partitions of a world on many hosts. In a world that one process runs every call rejects with
 * `not_in_a_cluster`.
 */
export type PartitionOperations = {
  /** As the board has it, which does not need a host to answer. */
  list(): Promise<PlacementStatus>;
  /** Wishes a partition onto a host, for as long as that is there. Rejects with `unknown_place`. */
  move(partition: number, host: string): Promise<void>;
  /** Takes such a wish back. Rejects with `unknown_place`. */
  free(partition: number): Promise<void>;
  /** Lets a host give away all it has; resolves when it has begun to. Rejects with `unknown_place`, `host_silent`, and `last_host` where no other host takes it. */
  drain(host: string): Promise<void>;
};

const refuse = async (): Promise<never> => {
  throw new NotInAClusterError();
};

/** Of a world in a single process. */
export const noPartitions: PartitionOperations = { list: refuse, move: refuse, free: refuse, drain: refuse };
