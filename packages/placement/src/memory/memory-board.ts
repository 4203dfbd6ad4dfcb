import type { Board, Change, Claim, PartitionLease, Member } from "../board.ts";
import { systemClock, type Clock } from "../clock.ts";
import { BoardClosedError, BoardUnavailableError, HostNameTakenError, LeaseTakenError } from "../errors.ts";

export type MemoryBoardOptions = {
  readonly clock?: Clock;
  /** Default 15,000. */
  readonly ttlMs?: number;
};

/** A board inside the process, for hosts in one process and for tests. */
export type MemoryBoard = {
  /** One host's connection to it. */
  connect(): Board;
  /** Whether calls get to it at all; while not, they fail, and time goes on. */
  setReachable(reachable: boolean): void;
};

type Entry<T> = { readonly value: T; readonly expire: () => void };

export function createMemoryBoard({ clock = systemClock, ttlMs = 15_000 }: MemoryBoardOptions = {}): MemoryBoard {
  const members = new Map<string, Entry<Member>>();
  const leases = new Map<string, Entry<PartitionLease>>();
  const pins = new Map<string, string>();
  const watchers = new Set<(change: Change) => void>();
  let revision = 0;
  let isReachable = true;

  const tell = (change: Change): void => {
    for (const watcher of watchers) watcher(change);
  };
  const putMember = (member: Member): void => {
    members.get(member.host)?.expire();
    members.set(member.host, { value: member, expire: clock.after(ttlMs, () => dropMember(member.host)) });
    tell({ kind: "member", host: member.host, member });
  };
  const dropMember = (host: string): void => {
    members.get(host)?.expire();
    if (members.delete(host)) tell({ kind: "member", host, member: undefined });
  };
  const putLease = (partition: string, claim: Claim): number => {
    revision += 1;
    leases.get(partition)?.expire();
    const lease: PartitionLease = { ...claim, partition, revision };
    leases.set(partition, { value: lease, expire: clock.after(ttlMs, () => dropLease(partition)) });
    tell({ kind: "lease", partition, revision, lease });
    return revision;
  };
  const dropLease = (partition: string): void => {
    leases.get(partition)?.expire();
    leases.delete(partition);
    revision += 1;
    tell({ kind: "lease", partition, revision, lease: undefined });
  };
  const assertAt = (partition: string, seen: number): void => {
    if ((leases.get(partition)?.value.revision ?? 0) !== seen) throw new LeaseTakenError(partition, seen);
  };

  const connect = (): Board => {
    let isOpen = true;
    const own = new Set<(change: Change) => void>();
    const reach = (): void => {
      if (!isOpen) throw new BoardClosedError();
      if (!isReachable) throw new BoardUnavailableError("the board in memory was made unreachable");
    };
    return {
      ttlMs,
      members: {
        async announce(member, predecessor) {
          reach();
          const there = members.get(member.host)?.value.incarnation ?? member.incarnation;
          if (there !== member.incarnation && there !== predecessor) throw new HostNameTakenError(member.host);
          putMember(member);
        },
        async withdraw(host, incarnation) {
          reach();
          if (members.get(host)?.value.incarnation === incarnation) dropMember(host);
        },
        beat: (host, incarnation) => {
          if (isOpen && isReachable) tell({ kind: "beat", host, incarnation });
        },
      },
      leases: {
        async claim(partition, claim, seen) {
          reach();
          assertAt(partition, seen);
          return putLease(partition, claim);
        },
        async read(partition) {
          reach();
          return leases.get(partition)?.value;
        },
        async release(partition, seen) {
          reach();
          if (seen === 0) return;
          assertAt(partition, seen);
          dropLease(partition);
        },
      },
      async pin(partition, host) {
        reach();
        if (host === undefined) pins.delete(partition);
        else pins.set(partition, host);
        tell({ kind: "pin", partition, host });
      },
      async watch(onChange) {
        reach();
        for (const { value: member } of members.values()) onChange({ kind: "member", host: member.host, member });
        for (const { value: lease } of leases.values()) {
          onChange({ kind: "lease", partition: lease.partition, revision: lease.revision, lease });
        }
        for (const [partition, host] of pins) onChange({ kind: "pin", partition, host });
        // One function may watch twice.
        const watcher = (change: Change): void => onChange(change);
        watchers.add(watcher);
        own.add(watcher);
        return {
          close: async () => {
            watchers.delete(watcher);
            own.delete(watcher);
          },
        };
      },
      async close() {
        isOpen = false;
        for (const watcher of own) watchers.delete(watcher);
      },
    };
  };
  return {
    connect,
    setReachable: (reachable) => {
      isReachable = reachable;
    },
  };
}
