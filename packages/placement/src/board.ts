import { z } from "zod";

/** A name that is one token of a subject and of a key. */
export const HostName = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, "1 to 64 of A–Z a–z 0–9 _ -");

/** A host as it says of itself. */
export const Member = z.strictObject({
  host: HostName,
  /** One run of the host's process: a host that starts anew under its name is another incarnation. */
  incarnation: z.string().min(1).max(64),
  /** Version of the program. */
  version: z.string().max(64),
  /** Share of the partitions that it wants, relative to others; 0 takes none. */
  weight: z.number().min(0).max(1_000_000),
  /** Gives away what it has and takes nothing. */
  draining: z.boolean(),
  /** Partitions that it cannot take for the time being, so that others do. */
  passes: z.array(z.int().min(0)).max(4_096).optional(),
  /** The division of the world that it works with, see `mapName`. */
  map: z.string().max(64),
});
export type Member = z.infer<typeof Member>;

/** What a holder writes into a partition's lease. */
export const Claim = z.strictObject({
  host: HostName,
  incarnation: z.string().min(1).max(64),
  /** What the holder does with the partition. */
  state: z.enum(["acquiring", "fencing", "active", "draining"]),
  /** Epoch of the holder's fence; 0 as long as it has none. */
  epoch: z.int().min(0),
});
export type Claim = z.infer<typeof Claim>;

/** A claim on the board. Revisions of all leases of a board grow. */
export type PartitionLease = Claim & { readonly partition: string; readonly revision: number };

/** Something on the board that is different now. Without `member`, `lease` or `host` it is gone: taken away, or run out. */
export type Change =
  | { readonly kind: "member"; readonly host: string; readonly member: Member | undefined }
  | { readonly kind: "lease"; readonly partition: string; readonly revision: number; readonly lease: PartitionLease | undefined }
  | { readonly kind: "pin"; readonly partition: string; readonly host: string | undefined }
  | { readonly kind: "beat"; readonly host: string; readonly incarnation: string };

export type Watch = { close(): Promise<void> };

/** Who is there. An announcement runs out after `ttlMs`. */
export type Members = {
  /**
   * Writes the announcement over none, over one of the same incarnation, or over that of its `predecessor`, which is dead. Rejects with
   * `HostNameTakenError` where another incarnation's is there: nothing was written.
   */
  announce(member: Member, predecessor?: string): Promise<void>;
  /** Takes the announcement of this incarnation away; another one's stays. */
  withdraw(host: string, incarnation: string): Promise<void>;
  /** A sign of life to all who watch, this host's own watchers among them. It may get lost, and fails never. */
  beat(host: string, incarnation: string): void;
};

/** Who holds which partition (named `<mapEpoch>/<p>`). A lease runs out `ttlMs` after it was last written. */
export type Leases = {
  /**
   * Writes the lease if it is still at revision `seen` (0: there is none) and gives its new revision. Rejects with `LeaseTakenError`, and with
   * `BoardUnavailableError` where it is not known whether it was written.
   */
  claim(partition: string, claim: Claim, seen: number): Promise<number>;
  /** The newest, never an older one. */
  read(partition: string): Promise<PartitionLease | undefined>;
  /** Takes the lease away if it is still at revision `seen`; of revision 0 there is nothing to take away. Rejects as `claim`. */
  release(partition: string, seen: number): Promise<void>;
};

/**
 * What the hosts of a world tell each other. It is for liveness only: whatever it says, only who has the newest fence commits.
 * Failures are `BoardUnavailableError`, after a few seconds at most, and `BoardClosedError`.
 */
export type Board = {
  /** How long an announcement or a lease lives that nobody writes again. */
  readonly ttlMs: number;
  readonly members: Members;
  readonly leases: Leases;
  /** Wishes a partition onto a host, until told otherwise; no host: the wish is gone. Wishes do not run out. */
  pin(partition: string, host: string | undefined): Promise<void>;
  /** Tells what there is, then resolves, then tells what changes, also after it could not be reached for a while. */
  watch(onChange: (change: Change) => void): Promise<Watch>;
  /** Ends its watches, too. */
  close(): Promise<void>;
};
