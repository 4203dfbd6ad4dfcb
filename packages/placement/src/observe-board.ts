import { createDesires } from "./assignment/desires.ts";
import { createPin, type Pin } from "./assignment/pinning.ts";
import type { Board } from "./board.ts";
import { systemClock, type Clock } from "./clock.ts";
import { boardView } from "./membership/board-view.ts";
import { createObserver } from "./membership/observer.ts";
import { defaults, type Log, type Partitions } from "./options.ts";
import { partitionName } from "./partition-name.ts";
import { createTicking } from "./ticking.ts";
import type { BoardView } from "./view.ts";

export type ObservedBoard = {
  /** Whoever has the lease of a partition. */
  ownerOf(partition: number): string | undefined;
  view(): BoardView;
  readonly pin: Pin;
  /** Ends the watch; the board stays its owner's. */
  close(): Promise<void>;
};

export type ObserveBoardParts = {
  readonly board: Pick<Board, "watch" | "pin"> & { readonly leases: Pick<Board["leases"], "read"> };
  readonly partitions: Partitions;
  readonly log: Pick<Log, "warn">;
  readonly clock?: Clock;
};

/**
 * Who is there and who has what, for whoever is no host: it needs none of them to answer, and takes nobody for dead because it heard nothing
 * itself. Resolves when all is known that is on the board. Rejects as a board.
 */
export async function observeBoard({ board, partitions, log, clock = systemClock }: ObserveBoardParts): Promise<ObservedBoard> {
  const names = Array.from({ length: partitions.count }, (_, partition) => partitionName(partitions, partition));
  // It gives no signs of life of its own: those of any host show that they get here.
  const observer = createObserver({ board, partitions, clock, settings: defaults, isOwnSign: () => true });
  const { roster, liveness } = observer;
  const desires = createDesires(partitions);
  let isOpen = true;
  let isAsking = false;
  let [askAt, isAnswered] = [-Infinity, true];

  /** Where all are silent, it is they and not the line if the board answers. */
  async function ask(): Promise<void> {
    isAsking = true;
    try {
      await board.leases.read(partitionName(partitions, 0));
      liveness.heardSelf(clock.monotonic());
      isAnswered = true;
    } catch (error) {
      if (isOpen && isAnswered) log.warn({ err: error }, "no host is heard and the board does not answer: nobody is taken for dead");
      isAnswered = false;
    } finally {
      isAsking = false;
    }
  }

  function look(now: number): void {
    liveness.look(now);
    if (now < askAt || isAsking) return;
    askAt = now + defaults.beatMs;
    void ask();
  }

  const ticking = createTicking({ clock, settings: defaults, runs: () => isOpen, look, onStall: (now) => liveness.disturbed(now) });
  const watch = await observer.watch((change, { now }) => {
    if (change.kind === "beat") askAt = now + defaults.beatMs;
  });
  ticking.start();

  return {
    ownerOf: (partition) => roster.leases.get(names[partition] ?? "")?.host,
    view: () => boardView({ roster, isAlive: liveness.isAlive, names, desired: desires(observer.candidates(), roster.pins) }),
    pin: createPin(board, partitions, observer.isCandidate),
    async close() {
      isOpen = false;
      ticking.stop();
      await watch.close();
    },
  };
}
