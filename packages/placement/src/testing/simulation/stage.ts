import { createMemoryEventStore, type Fence } from "@aethyr/event-store";
import { createMemoryBoard } from "../../memory/memory-board.ts";
import type { Placement } from "../../placement.ts";
import { createVirtualClock } from "../virtual-clock.ts";
import { createChance } from "./chance.ts";
import type { Link, Machine, Weather } from "./machine.ts";

export type SimHost = {
  readonly name: string;
  readonly machine: Machine;
  readonly toBoard: Link;
  readonly toStore: Link;
  placement: Placement | undefined;
  /** It was told to give everything away, or to go. */
  leaving: boolean;
  left: boolean;
  draining: number;
};

/** A host that serves a partition under a fence. */
export type Stint = { readonly host: SimHost; readonly partition: number; readonly fence: Fence; up: boolean };

export const partitions = { count: 6, mapEpoch: 1 } as const;

/** What all of one simulation happens on, and what is written down of it. */
export type Stage = ReturnType<typeof createStage>;

export function createStage(seed: number) {
  const clock = createVirtualClock();
  const weather: Weather = { rough: true };
  const hosts: SimHost[] = [];
  const notes: string[] = [];
  const wrong: string[] = [];
  const board = createMemoryBoard({ clock });
  const present = (): readonly SimHost[] => hosts.filter(({ machine, left }) => machine.isUp() && !left);
  return {
    chance: createChance(seed),
    clock,
    weather,
    board,
    /** A line to the board that never breaks. */
    plain: board.connect(),
    store: createMemoryEventStore(),
    hosts,
    stints: new Set<Stint>(),
    /** What happened. */
    notes,
    note: (text: string): void => void notes.push(`${Math.round(clock.monotonic())} ${text}`),
    /** What must never be and was. */
    wrong,
    never: (text: string): void => void wrong.push(`seed ${seed}, at ${Math.round(clock.monotonic())} ms: ${text}`),
    counts: { commits: 0, refused: 0, raised: 0, events: 0 },
    present,
    serving: (): readonly SimHost[] => present().filter(({ leaving, placement }) => !leaving && placement !== undefined),
  };
}
