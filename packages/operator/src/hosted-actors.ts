import type { Ref, Snapshot } from "@aethyr/kernel";
import type { ActorInfo } from "@aethyr/runtime";

/** An actor in memory, and in a cluster the host that has it. */
export type HostedActor = ActorInfo & { readonly host?: string };

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
