import type { Ref } from "@aethyr/kernel";
import type { PartitionStatus, PlacementStatus } from "@aethyr/operator";
import { defaults, desiredOwners, mapName, partitionName, UnknownPlaceError, type Board, type Lease, type Member } from "@aethyr/placement";
import { partitionOf } from "@aethyr/protocol";
import type { WorldRecord } from "../world/world-record.ts";

export type WatchedPlacement = {
  /** Hosts that are on the board, and whether they gave a sign of life within the last seconds. */
  hosts(): readonly { readonly host: string; readonly alive: boolean }[];
  /** Whoever has the lease of an aggregate's partition. */
  ownerOf(ref: Ref): string | undefined;
  view(): PlacementStatus;
  /** Wishes a partition onto a host; no host: takes the wish back. Rejects with `unknown_place`, and as a board. */
  pin(partition: number, host: string | undefined): Promise<void>;
  close(): Promise<void>;
};

/**
 * Who is there and who has what, as the board says, for whoever is no host itself: it needs none of them to answer. Resolves when it is known.
 * The board stays its owner's.
 */
export async function watchPlacement(
  board: Board,
  { partitions: count, mapEpoch }: Pick<WorldRecord, "partitions" | "mapEpoch">,
  nowMs: () => number = () => performance.now(),
): Promise<WatchedPlacement> {
  const partitions = { count, mapEpoch };
  const names = Array.from({ length: count }, (_, partition) => partitionName(partitions, partition));
  const members = new Map<string, Member>();
  const leases = new Map<string, Lease>();
  const pins = new Map<string, string>();
  /** When each incarnation was heard of last. */
  const heard = new Map<string, number>();

  const keyOf = (host: string, incarnation: string): string => `${host} ${incarnation}`;
  const watch = await board.watch((change) => {
    switch (change.kind) {
      case "beat":
        heard.set(keyOf(change.host, change.incarnation), nowMs());
        break;
      case "member": {
        const before = members.get(change.host);
        if (before !== undefined && before.incarnation !== change.member?.incarnation) heard.delete(keyOf(before.host, before.incarnation));
        if (change.member === undefined) members.delete(change.host);
        else {
          members.set(change.host, change.member);
          heard.set(keyOf(change.host, change.member.incarnation), nowMs());
        }
        break;
      }
      case "lease":
        if (change.lease === undefined) leases.delete(change.partition);
        else leases.set(change.partition, change.lease);
        break;
      case "pin":
        if (change.host === undefined) pins.delete(change.partition);
        else pins.set(change.partition, change.host);
    }
  });

  const isAlive = ({ host, incarnation }: Member): boolean =>
    nowMs() - (heard.get(keyOf(host, incarnation)) ?? Number.NEGATIVE_INFINITY) <= defaults.silenceMs;
  const takes = (member: Member): boolean => isAlive(member) && !member.draining && member.map === mapName(partitions);
  const sorted = (): readonly Member[] => [...members.values()].sort((a, b) => (a.host < b.host ? -1 : 1));

  function partitionStatuses(): PartitionStatus[] {
    const wishes = new Map(names.flatMap((name, partition) => [[partition, pins.get(name)] as const]).filter(isWished));
    const desired = desiredOwners(sorted().filter(takes), count, wishes);
    return names.map((name, partition) => {
      const lease = leases.get(name);
      return {
        partition,
        state: lease?.state ?? "unowned",
        owner: lease?.host ?? null,
        desired: desired[partition] ?? null,
        pin: pins.get(name) ?? null,
        epoch: lease?.epoch ?? 0,
      };
    });
  }

  return {
    hosts: () => sorted().map((member) => ({ host: member.host, alive: isAlive(member) })),
    ownerOf: (ref) => leases.get(partitionName(partitions, partitionOf(ref, count)))?.host,
    view() {
      const all = partitionStatuses();
      return {
        members: sorted().map((member) => ({
          host: member.host,
          state: member.draining ? "draining" : "serving",
          alive: isAlive(member),
          weight: member.weight,
          partitions: all.filter(({ owner }) => owner === member.host).length,
          version: member.version,
          incarnation: member.incarnation,
        })),
        partitions: all,
      };
    },
    async pin(partition, host) {
      const name = names[partition];
      if (name === undefined)
        throw new UnknownPlaceError(`there are partitions 0 to ${count - 1}, not ${partition}: see "aethyr partitions list"`, {
          partition,
        });
      const member = host === undefined ? undefined : members.get(host);
      if (host !== undefined && (member === undefined || !takes(member)))
        throw new UnknownPlaceError(`no host called ${host} is alive and takes partitions: see "aethyr partitions list"`, { host });
      await board.pin(name, host);
    },
    close: () => watch.close(),
  };
}

const isWished = (wish: readonly [number, string | undefined]): wish is readonly [number, string] => wish[1] !== undefined;
