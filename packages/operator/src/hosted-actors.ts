import { Ref, type Snapshot } from "@aethyr/kernel";
import type { ActorInfo } from "@aethyr/runtime";
import { z } from "zod";

/** An actor in memory, and in a cluster the host that has it. */
export const HostedActor = z.object({
  ref: Ref,
  state: z.enum(["passive", "hydrating", "ready", "committing", "passivating", "failed"]),
  version: z.int().nonnegative(),
  mailbox: z.int().nonnegative().describe("Commands that wait for it"),
  idleMs: z.number().describe("Milliseconds since its last command"),
  host: z.string().exactOptional().describe("The host that has it, in a cluster"),
}) satisfies z.ZodType<ActorInfo>;
export type HostedActor = Readonly<z.infer<typeof HostedActor>>;

/** The actors of a world: in this process, as `ActorHost` has them, or in other ones. */
export type HostedActors = {
  actors(): readonly HostedActor[] | Promise<readonly HostedActor[]>;
  passivate(ref: Ref): Promise<boolean>;
  /** What is held in memory of an aggregate; undefined where it is not there, or is being read. */
  snapshot(ref: Ref): Snapshot | undefined | Promise<Snapshot | undefined>;
  /** These are read anew before anything else is decided on them; gives how many were in memory. */
  reload(refs: readonly Ref[]): number | Promise<number>;
  readonly metrics: { text(): Promise<string> };
};
