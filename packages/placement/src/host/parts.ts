import type { Fences } from "@aethyr/event-store";
import type { Board } from "../board.ts";
import type { Clock } from "../clock.ts";
import type { Counts } from "./counts.ts";
import type { Log, Settings, ServePartition } from "../options.ts";

/** What the parts of one host's placement share. */
export type Parts = {
  readonly board: Board;
  readonly fences: Pick<Fences, "read" | "raise">;
  readonly clock: Clock;
  /** A number from 0 up to, not including, 1. */
  readonly random: () => number;
  readonly settings: Settings;
  readonly log: Log;
  readonly counts: Counts;
  readonly serve: ServePartition;
  readonly host: string;
  readonly incarnation: string;
  /** Looks at everything soon. */
  readonly poke: () => void;
  /** Keeps work that goes on by itself, reports its failure, and waits for it at the end. */
  readonly own: (work: Promise<void>) => void;
};
