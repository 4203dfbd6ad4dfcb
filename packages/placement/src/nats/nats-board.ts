import { isWrongRevision } from "@aethyr/nats";
import { isWorldName } from "@aethyr/protocol";
import { Claim, HostName, Member, type Board, type Change, type PartitionLease } from "../board.ts";
import { BoardClosedError, InvalidPlacementError, LeaseTakenError } from "../errors.ts";
import { toBoardError } from "./board-errors.ts";
import { followBucket, type BucketFollower } from "./bucket-follower.ts";
import { openBuckets, type Buckets } from "./buckets.ts";
import { openLine, type Line } from "./connection.ts";
import { encode, parsed } from "./json-bytes.ts";
import { deleteMember, writeMember } from "./member-entries.ts";
import type { NatsBoardOptions } from "./options.ts";

/** Whoever wrote what cannot be read: nobody that is heard, so that the lease can be taken in time. */
const unreadable: Claim = { host: "unreadable", incarnation: "unreadable", state: "acquiring", epoch: 0 };

/**
 * Connects to the board of a world on NATS: buckets `members_<world>`, `leases_<world>`, `pins_<world>`, which are created if they do not exist,
 * and signs of life on `beat.<world>.<host>`. Rejects with `unavailable` or `invalid_request`.
 */
export async function connectNatsBoard(options: NatsBoardOptions): Promise<Board> {
  const { world } = options;
  if (!isWorldName(world)) throw new InvalidPlacementError(`${JSON.stringify(world)} is no name of a world`);
  const line = await openLine(options);
  const buckets = await openBuckets(line.nats, options).catch(async (error: unknown) => {
    await line.close();
    throw toBoardError(error, "prepare the buckets of the world");
  });
  return boardOn(line, buckets, options);
}

function boardOn(line: Line, { members, leases, pins, ttlMs }: Buckets, options: NatsBoardOptions): Board {
  const { world, resyncMs = 10_000 } = options;
  const { nats, report } = line;
  const watches = new Set<() => Promise<void>>();
  let open = true;
  let closing: Promise<void> | undefined;

  async function call<T>(doing: string, work: () => Promise<T>): Promise<T> {
    if (!open) throw new BoardClosedError();
    try {
      return await work();
    } catch (error) {
      throw open ? toBoardError(error, doing) : new BoardClosedError();
    }
  }
  const casting =
    (partition: string, seen: number, work: () => Promise<number>): (() => Promise<number>) =>
    async () => {
      try {
        return await work();
      } catch (error) {
        throw isWrongRevision(error) ? new LeaseTakenError(partition, seen, { cause: error }) : error;
      }
    };

  const leaseOf = (partition: string, bytes: Uint8Array, revision: number): PartitionLease => {
    const claim = parsed(Claim, bytes);
    if (claim === undefined) report({ type: "unreadable", detail: `lease ${partition}, revision ${revision}` });
    return { ...(claim ?? unreadable), partition, revision };
  };

  const follow = (bucket: Buckets["leases"], onEntry: (key: string, value: Uint8Array | undefined, revision: number) => void) =>
    followBucket({ bucket, line, resyncMs, onEntry, ...(options.goneAfterMs !== undefined && { goneAfterMs: options.goneAfterMs }) });

  async function watchAll(onChange: (change: Change) => void): Promise<readonly BucketFollower[]> {
    const subscription = nats.subscribe(`beat.${world}.*`, {
      callback: (error, message) => {
        const host = HostName.safeParse(message.subject.split(".")[2]);
        if (error === null && host.success) onChange({ kind: "beat", host: host.data, incarnation: message.string().slice(0, 64) });
      },
    });
    const followers: BucketFollower[] = [{ close: async () => subscription.unsubscribe() }];
    try {
      followers.push(
        await follow(members, (host, bytes, revision) => {
          const member = bytes === undefined ? undefined : parsed(Member, bytes);
          if (bytes !== undefined && member?.host !== host) report({ type: "unreadable", detail: `member ${host}, revision ${revision}` });
          onChange({ kind: "member", host, member: member?.host === host ? member : undefined });
        }),
        await follow(leases, (partition, bytes, revision) => {
          const lease = bytes === undefined ? undefined : leaseOf(partition, bytes, revision);
          onChange({ kind: "lease", partition, revision, lease });
        }),
        await follow(pins, (partition, bytes) => {
          const host = bytes === undefined ? undefined : HostName.safeParse(new TextDecoder().decode(bytes)).data;
          onChange({ kind: "pin", partition, host });
        }),
      );
    } catch (error) {
      await Promise.all(followers.map((follower) => follower.close()));
      throw error;
    }
    return followers;
  }

  return {
    ttlMs,
    members: {
      announce: (member, predecessor) => call("announce the host", () => writeMember(members, member, predecessor)),
      withdraw: (host, incarnation) => call("take the host off the board", () => deleteMember(members, host, incarnation)),
      beat: (host, incarnation) => {
        // One that waits until the connection is back would tell of a life that was.
        if (open && line.isConnected()) nats.publish(`beat.${world}.${host}`, incarnation);
      },
    },
    leases: {
      claim: (partition, claim, seen) =>
        call(
          "write the lease",
          casting(partition, seen, () =>
            seen === 0 ? leases.create(partition, encode(claim)) : leases.put(partition, encode(claim), { previousSeq: seen }),
          ),
        ),
      read: (partition) =>
        call("read the lease", async () => {
          const entry = await leases.get(partition);
          return entry === null || entry.operation !== "PUT" ? undefined : leaseOf(partition, entry.value, entry.revision);
        }),
      release: async (partition, seen) => {
        if (seen === 0) return;
        await call(
          "give the lease back",
          casting(partition, seen, async () => {
            await leases.delete(partition, { previousSeq: seen });
            return 0;
          }),
        );
      },
    },
    pin: (partition, host) =>
      call("write the wish", async () => {
        if (host === undefined) await pins.delete(partition);
        else await pins.put(partition, host);
      }),
    watch: (onChange) =>
      call("watch the board", async () => {
        const followers = await watchAll(onChange);
        const close = async (): Promise<void> => {
          watches.delete(close);
          await Promise.all(followers.map((follower) => follower.close()));
        };
        watches.add(close);
        return { close };
      }),
    close: () =>
      (closing ??= (async () => {
        open = false;
        await Promise.all([...watches].map((close) => close()));
        await line.close();
      })()),
  };
}
