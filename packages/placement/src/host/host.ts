import type { Fence } from "@aethyr/event-store";
import { createDesires } from "../assignment/desires.ts";
import { noteWishes, planOf } from "../assignment/plan.ts";
import type { Change, Member, Watch } from "../board.ts";
import { LeaseTakenError, type HostNameTakenError } from "../errors.ts";
import { createHandOvers } from "../leases/hand-overs.ts";
import { createLeaseKeeper } from "../leases/lease-keeper.ts";
import { createPassingOver } from "../leases/passing-over.ts";
import { createShareNews } from "../leases/share-news.ts";
import { isLeased, newSlot, type Slot } from "../leases/slot.ts";
import { createTransitions, isHeld } from "../leases/transitions.ts";
import { nextHostState, type HostEvent, type HostState } from "../lifecycles/host-life.ts";
import { createAnnouncing } from "../membership/announcing.ts";
import { announceFirst } from "../membership/joining.ts";
import { createObserver, type News } from "../membership/observer.ts";
import type { Partitions, Self } from "../options.ts";
import { mapName, partitionName, partitionNumber } from "../partition-name.ts";
import { createTicking } from "../ticking.ts";
import type { PlacementView } from "../view.ts";
import { hostView } from "./host-view.ts";
import { createLeaving } from "./leaving.ts";
import type { Parts } from "./parts.ts";
import { createTasks } from "./tasks.ts";

/** One host's part in placement: looks at the board and the time, and moves its partitions along. */
export function createHost(
  given: Omit<Parts, "poke" | "own">,
  partitions: Partitions,
  self: Self,
  onNameTaken: (error: HostNameTakenError) => void,
) {
  const { board, clock, settings, log, counts, host, incarnation } = given;
  const slots: readonly Slot[] = Array.from({ length: partitions.count }, (_, partition) =>
    newSlot(partition, partitionName(partitions, partition)),
  );
  const observer = createObserver({ board, partitions, clock, settings, isOwnSign: (sign) => sign === incarnation });
  const { roster, liveness } = observer;
  const desires = createDesires(partitions);
  const tasks = createTasks(log, host);
  const ticking = createTicking({ clock, settings, runs: () => !ended && (state === "serving" || state === "draining"), look, onStall });
  const parts: Parts = { ...given, poke: ticking.poke, own: tasks.own };
  const leases = createLeaseKeeper(parts);
  const transitions = createTransitions(parts, leases);
  const handOvers = createHandOvers(parts, transitions);
  const announcing = createAnnouncing(parts, memberNow, yieldTo);
  const passingOver = createPassingOver(parts, slots, announcing.soon);
  const shareNews = createShareNews(log, host);
  const leaving = createLeaving({
    ...parts,
    slots,
    transitions,
    tasks,
    onLeaving() {
      beginDraining();
      keeps = false;
    },
    onEnd() {
      ended = true;
      ticking.stop();
    },
    onLeft: () => step("LEAVE"),
  });

  let state: HostState = "joining";
  let watch: Watch | undefined;
  let listener: ((change: Change) => void) | undefined;
  let desired: readonly (string | undefined)[] = [];
  let takesFrom = Infinity;
  let keeps = true;
  let ended = false;
  let closing: Promise<void> | undefined;

  const step = (event: HostEvent): void => {
    state = nextHostState(state, event);
    log.info({ host, state }, "this host's part in placement");
  };

  function memberNow(): Member {
    const passes = passingOver.partitions();
    return {
      host,
      incarnation,
      version: self.version,
      weight: self.weight ?? 1,
      draining: state !== "serving" && state !== "joining",
      ...(passes.length === 0 ? {} : { passes: [...passes] }),
      map: mapName(partitions),
    };
  }

  const isCandidate = (name: string): boolean => (name === host ? state === "serving" : observer.isCandidate(name));

  /** What this host says of itself does not need the board to be there. */
  const candidates = (): readonly Member[] => {
    const others = observer.candidates().filter((member) => member.host !== host);
    return isCandidate(host) ? [...others, memberNow()] : others;
  };

  function onChange(change: Change, { now, different, wasDeaf }: News): void {
    // Nothing was heard for a while: others may not be back yet.
    if (wasDeaf) takesFrom = Math.max(takesFrom, now + settings.settleMs);
    if (change.kind === "lease") onLease(change);
    listener?.(change);
    if (different) ticking.poke();
  }

  function onLease({ partition, revision, lease }: Extract<Change, { kind: "lease" }>): void {
    const number = partitionNumber(partitions, partition);
    const slot = number === undefined ? undefined : slots[number];
    if (slot === undefined || (lease !== undefined && leases.isOurs(lease))) return;
    if (lease !== undefined) handOvers.arrived(partition);
    const isWritten = slot.state === "fencing" || slot.state === "active" || slot.state === "draining";
    if (!isWritten || slot.leaving || (lease === undefined ? revision < slot.revision : revision <= slot.revision)) return;
    if (lease === undefined) transitions.renew(slot);
    else transitions.lose(slot, "taken");
  }

  /** This process did not run for a while: its leases may be others' by now. */
  function onStall(now: number, lateMs: number): void {
    counts.stalls += 1;
    log.warn({ host, ms: Math.round(lateMs) }, "this process stood still: its leases are written again before it goes on");
    liveness.disturbed(now);
    for (const slot of slots) {
      if (!isHeld(slot)) continue;
      slot.doubtfulSince = now;
      slot.renewAt = now;
    }
  }

  function look(now: number): void {
    liveness.look(now);
    for (const slot of slots) {
      if (isLeased(slot) && now >= slot.deadline) transitions.lose(slot, "not_renewed");
      if (isLeased(slot) && slot.fence !== undefined && now >= slot.renewAt) transitions.renew(slot);
    }
    passingOver.look(now);
    desired = desires(candidates(), roster.pins);
    noteWishes(slots, desired, host, now);
    act(now);
    announcing.look(now);
    shareNews.look(slots);
    leaving.look();
  }

  function act(now: number): void {
    const plan = planOf({
      now,
      slots,
      leases: roster.leases,
      desired,
      host,
      incarnation,
      isAlive: liveness.isAlive,
      isBeating: (name) => liveness.isBeating(name, roster.members.get(name)?.incarnation ?? "", now),
      takes: state === "serving" && now >= takesFrom,
      leaves: state === "draining",
      keeps,
      underWay: handOvers.underWay(now),
      settings,
    });
    for (const { slot, seen, from } of plan.take) transitions.take(slot, seen, from);
    for (const slot of plan.give) handOvers.give(slot);
    for (const { slot, lease } of plan.clear) {
      slot.retryAt = now + settings.retryMs;
      tasks.own(
        board.leases.release(lease.partition, lease.revision).catch((error: unknown) => {
          if (!(error instanceof LeaseTakenError))
            log.warn({ err: error, partition: slot.partition }, "a lease of ours could not be cleared");
        }),
      );
    }
  }

  /** What is ours is under our incarnation, so it can still be given away. */
  function yieldTo(error: HostNameTakenError): void {
    if (closing !== undefined) return;
    log.error({ err: error, host }, "another process has this host's name: this one leaves");
    closing = leaving.quietly("leave", leaving.leave(watch));
    onNameTaken(error);
  }

  function beginDraining(): void {
    if (state !== "serving") return;
    step("DRAIN");
    announcing.soon();
  }

  return {
    slots,
    isCandidate,
    async join(): Promise<void> {
      watch = await observer.watch(onChange);
      try {
        await announceFirst(board.members, memberNow(), roster.members, settings.silenceMs, clock, (next) => {
          listener = next;
        });
      } catch (error) {
        step("LEAVE");
        await leaving.quietly("end the watch", watch.close());
        throw error;
      }
      const now = clock.monotonic();
      announcing.begin(now);
      takesFrom = now + settings.settleMs;
      step("JOINED");
      ticking.start();
    },
    /** Whether the lease of the partition is certainly ours. */
    isSure(slot: Slot): boolean {
      const now = clock.monotonic();
      ticking.catchUp(now);
      return slot.fence !== undefined && slot.doubtfulSince === undefined && now < slot.deadline;
    },
    fenced(fence: Fence): void {
      const slot = slots.find(({ name }) => name === fence.partition);
      if (slot?.fence?.epoch === fence.epoch) transitions.lose(slot, "fenced");
    },
    view: (): PlacementView => hostView({ host, incarnation, state, counts, roster, isAlive: liveness.isAlive, slots, desired }),
    async drain(): Promise<void> {
      beginDraining();
      await leaving.nothingLeft();
    },
    close: (): Promise<void> => (closing ??= state === "left" ? Promise.resolve() : leaving.leave(watch)),
  };
}
