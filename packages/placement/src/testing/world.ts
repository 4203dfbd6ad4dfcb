import { createMemoryEventStore, type Fence, type Fences } from "@aethyr/event-store";
import type { Board, Change } from "../board.ts";
import { BoardUnavailableError } from "../errors.ts";
import { createMemoryBoard, type MemoryBoard } from "../memory/memory-board.ts";
import { silentLog, type Partitions, type PlacementOptions, type PartitionServer, type Self } from "../options.ts";
import { startPlacement, type Placement, type PlacementParts } from "../placement.ts";
import { createVirtualClock, type VirtualClock } from "./virtual-clock.ts";

export type Stint = { readonly host: string; readonly partition: number; readonly fence: Fence };

/** Hosts on a board in memory, in virtual time, that note who serves what. */
export type World = {
  readonly clock: VirtualClock;
  readonly board: MemoryBoard;
  readonly fences: Fences;
  /** Who serves what now. */
  readonly stints: Set<Stint>;
  readonly notes: string[];
  join(host: string, options?: JoinOptions): Promise<Placement>;
  /** Whoever has that name does not reach the board any more, or does again. */
  cut(host: string): void;
  mend(host: string): void;
  /** Does something again and again, until what it gives back is called. */
  every(ms: number, run: () => void): () => void;
  ownersOf(placement: Placement): readonly (string | undefined)[];
};

export type JoinOptions = {
  readonly self?: Partial<Self>;
  readonly options?: PlacementOptions;
  readonly serve?: (stint: Stint, onLost: () => void) => Promise<Partial<PartitionServer>>;
  readonly fences?: Pick<Fences, "read" | "raise">;
  /** What the host has instead of the board. */
  readonly board?: (board: Board) => Board;
  readonly partitions?: Partitions;
  readonly onNameTaken?: PlacementParts["onNameTaken"];
};

export const partitions = { count: 8, mapEpoch: 1 } as const;

/** A board that cannot be reached while the line is down; what changes meanwhile is told when it is up again. */
function overLine(board: Board, line: { readonly up: boolean }): Board {
  const reach = async <T>(work: () => Promise<T>): Promise<T> => {
    if (!line.up) throw new BoardUnavailableError("the line is down");
    return work();
  };
  return {
    ...board,
    members: {
      announce: (member, predecessor) => reach(() => board.members.announce(member, predecessor)),
      withdraw: (host, incarnation) => reach(() => board.members.withdraw(host, incarnation)),
      beat: (host, incarnation) => {
        if (line.up) board.members.beat(host, incarnation);
      },
    },
    leases: {
      claim: (partition, claim, seen) => reach(() => board.leases.claim(partition, claim, seen)),
      read: (partition) => reach(() => board.leases.read(partition)),
      release: (partition, seen) => reach(() => board.leases.release(partition, seen)),
    },
    watch: (onChange) => {
      const missed: Change[] = [];
      return board.watch((change) => {
        if (line.up) for (const one of [...missed.splice(0), change]) onChange(one);
        else if (change.kind !== "beat") missed.push(change);
      });
    },
  };
}

export function createWorld(): World {
  const clock = createVirtualClock();
  const board = createMemoryBoard({ clock });
  const { fences } = createMemoryEventStore();
  const stints = new Set<Stint>();
  const notes: string[] = [];
  /** Each with its own line to the board: the hosts that are cut off now. */
  const lines = new Map<string, Set<{ up: boolean }>>();
  const setUp = (host: string, up: boolean): void => {
    for (const line of lines.get(host) ?? []) line.up = up;
  };
  return {
    cut: (host) => setUp(host, false),
    mend: (host) => setUp(host, true),
    every(ms, run) {
      let stop = (): void => undefined;
      const again = (): void => {
        run();
        stop = clock.after(ms, again);
      };
      again();
      return () => stop();
    },
    clock,
    board,
    fences,
    stints,
    notes,
    async join(
      host,
      { self, options, serve, partitions: map = partitions, fences: given = fences, board: seenAs = (the: Board) => the, onNameTaken } = {},
    ) {
      const line = { up: true };
      lines.set(host, new Set([...(lines.get(host) ?? []), line]));
      const starting = startPlacement({
        board: seenAs(overLine(board.connect(), line)),
        fences: given,
        partitions: map,
        self: { host, version: "1", ...self },
        clock,
        random: () => 0.5,
        log: silentLog,
        serve: async (partition, fence, onLost) => {
          const stint = { host, partition, fence };
          const the = await serve?.(stint, onLost);
          stints.add(stint);
          notes.push(`${host} serves ${partition}`);
          return {
            drain: async () => {
              await the?.drain?.();
              stints.delete(stint);
              notes.push(`${host} leaves ${partition}`);
            },
            abandon: async () => {
              await the?.abandon?.();
              stints.delete(stint);
              notes.push(`${host} abandons ${partition}`);
            },
          };
        },
        ...(options === undefined ? {} : { options }),
        ...(onNameTaken === undefined ? {} : { onNameTaken }),
      });
      // Joining may wait for a while to see whether a rival is alive.
      starting.catch(() => undefined);
      await clock.advance(3_000);
      return starting;
    },
    ownersOf: (placement) => placement.view().partitions.map(({ owner, state }) => (state === "active" ? owner : undefined)),
  };
}
