import type { Fence } from "@aethyr/event-store";
import type { Change, Member, Watch } from "./board.ts";
import { createDesires } from "./desires.ts";
import { BoardClosedError, HostNameTakenError, LeaseTakenError } from "./errors.ts";
import { viewOf } from "./host-view.ts";
import { nextHostState, type HostEvent, type HostState } from "./host-life.ts";
import { noRivals } from "./joining.ts";
import { createLeaseKeeper } from "./lease-keeper.ts";
import { createLiveness } from "./liveness.ts";
import type { Partitions, Self } from "./options.ts";
import { createOwnership, isHeld } from "./ownership.ts";
import { createShareNews } from "./share-news.ts";
import { mapName, partitionName, partitionNumber } from "./partition-name.ts";
import type { Parts } from "./parts.ts";
import { createPassingOver } from "./passing-over.ts";
import { noteWishes, planOf } from "./plan.ts";
import { createRoster } from "./roster.ts";
import { isLeased, newSlot, type Slot } from "./slot.ts";
import type { PlacementView } from "./view.ts";

/** One host's part in placement: looks at the board and the time, and moves its partitions along. */
export function createHost(
  given: Omit<Parts, "poke" | "own">,
  partitions: Partitions,
  self: Self,
  onNameTaken: (error: HostNameTakenError) => void,
) {
  const { board, clock, settings, log, counts, host, incarnation } = given;
  const map = mapName(partitions);
  const roster = createRoster();
  const liveness = createLiveness(settings);
  const desires = createDesires(partitions);
  const working = new Set<Promise<void>>();
  const parts: Parts = { ...given, poke, own };
  const leases = createLeaseKeeper(parts);
  const ownership = createOwnership(parts, leases);
  const shareNews = createShareNews(log, host);
  const slots: readonly Slot[] = Array.from({ length: partitions.count }, (_, partition) =>
    newSlot(partition, partitionName(partitions, partition)),
  );
  const passingOver = createPassingOver(parts, slots, announceSoon);

  let state: HostState = "joining";
  let watch: Watch | undefined;
  let listener: ((change: Change) => void) | undefined;
  let desired: readonly (string | undefined)[] = [];
  let looked = 0;
  let takesFrom = Infinity;
  let keeps = true;
  let ended = false;
  let [announceAt, announcing, beatAt] = [0, false, 0];
  let cancelLook: (() => void) | undefined;
  let poked = false;
  let closing: Promise<void> | undefined;
  /** Partitions that are given away, or were, until when they count as under way. */
  const underWay = new Map<string, number>();
  const waiting: (() => void)[] = [];

  const step = (event: HostEvent): void => {
    state = nextHostState(state, event);
    log.info({ host, state }, "this host's part in placement");
  };
  const runs = (): boolean => !ended && (state === "serving" || state === "draining");

  function own(work: Promise<void>): void {
    const kept: Promise<void> = work
      .catch((error: unknown) => log.error({ err: error, host }, "a task of placement failed"))
      .finally(() => working.delete(kept));
    working.add(kept);
  }

  function poke(): void {
    if (poked || !runs()) return;
    poked = true;
    cancelLook?.();
    cancelLook = clock.after(0, look);
  }

  const memberNow = (passes = passingOver.partitions()): Member => ({
    host,
    incarnation,
    version: self.version,
    weight: self.weight ?? 1,
    draining: state !== "serving" && state !== "joining",
    ...(passes.length === 0 ? {} : { passes: [...passes] }),
    map,
  });

  function isCandidate(name: string): boolean {
    if (name === host) return state === "serving";
    const member = roster.members.get(name);
    return member !== undefined && !member.draining && member.map === map && liveness.isAlive(name, member.incarnation);
  }

  /** What this host says of itself does not need the board to be there. */
  const candidates = () => {
    const others = [...roster.members.values()].filter((member) => member.host !== host && isCandidate(member.host));
    return isCandidate(host) ? [...others, memberNow()] : others;
  };

  function onChange(change: Change): void {
    const now = clock.monotonic();
    const before = change.kind === "member" ? roster.members.get(change.host) : undefined;
    const different = roster.see(change);
    if (change.kind === "beat") {
      liveness.heard(change.host, change.incarnation, now, "beat");
      // Nothing was heard for a while: others may not be back yet.
      if (change.incarnation === incarnation && liveness.heardSelf(now)) takesFrom = Math.max(takesFrom, now + settings.settleMs);
    }
    if (change.kind === "member") {
      if (change.member !== undefined) liveness.heard(change.host, change.member.incarnation, now, "written");
      else if (before !== undefined) liveness.left(before.host, before.incarnation);
    }
    if (change.kind === "lease") onLease(change, now);
    listener?.(change);
    if (different) poke();
  }

  function onLease({ partition, revision, lease }: Extract<Change, { kind: "lease" }>, now: number): void {
    if (lease !== undefined) liveness.heard(lease.host, lease.incarnation, now, "written");
    const number = partitionNumber(partitions, partition);
    const slot = number === undefined ? undefined : slots[number];
    if (slot === undefined || (lease !== undefined && leases.isOurs(lease))) return;
    if (lease !== undefined) underWay.delete(partition);
    const isWritten = slot.state === "fencing" || slot.state === "active" || slot.state === "draining";
    if (!isWritten || slot.leaving || (lease === undefined ? revision < slot.revision : revision <= slot.revision)) return;
    if (lease === undefined) ownership.renew(slot);
    else ownership.lose(slot, "taken");
  }

  /** Notices where this process did not run for a while: its leases may be others' by now. */
  function noticeStall(now: number): void {
    const lateMs = now - looked - settings.tickMs;
    looked = now;
    if (lateMs <= settings.stallMs) return;
    counts.stalls += 1;
    log.warn({ host, ms: Math.round(lateMs) }, "this process stood still: its leases are written again before it goes on");
    liveness.disturbed(now);
    for (const slot of slots) {
      if (!isHeld(slot)) continue;
      slot.doubtfulSince = now;
      slot.renewAt = now;
    }
  }

  function look(): void {
    cancelLook?.();
    poked = false;
    if (!runs()) return;
    const now = clock.monotonic();
    noticeStall(now);
    liveness.look(now);
    for (const slot of slots) {
      if (isLeased(slot) && now >= slot.deadline) ownership.lose(slot, "not_renewed");
      if (isLeased(slot) && slot.fence !== undefined && now >= slot.renewAt) ownership.renew(slot);
    }
    passingOver.look(now);
    desired = desires(candidates(), roster.pins);
    noteWishes(slots, desired, host, now);
    act(now);
    if (now >= beatAt) {
      beatAt = now + settings.beatMs;
      board.members.beat(host, incarnation);
    }
    if (now >= announceAt && !announcing) own(announce());
    shareNews.look(slots);
    if (hasNothing()) for (const done of waiting.splice(0)) done();
    cancelLook = clock.after(settings.tickMs, look);
  }

  function act(now: number): void {
    for (const [partition, until] of underWay) if (now >= until) underWay.delete(partition);
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
      underWay: underWay.size,
      settings,
    });
    for (const { slot, seen, from } of plan.take) ownership.take(slot, seen, from);
    for (const slot of plan.give) {
      underWay.set(slot.name, Infinity);
      own(
        ownership.give(slot).then(() => {
          if (underWay.has(slot.name)) underWay.set(slot.name, clock.monotonic() + settings.arrivalMs);
        }),
      );
    }
    for (const { slot, lease } of plan.clear) {
      slot.retryAt = now + settings.retryMs;
      own(
        board.leases.release(lease.partition, lease.revision).catch((error: unknown) => {
          if (!(error instanceof LeaseTakenError))
            log.warn({ err: error, partition: slot.partition }, "a lease of ours could not be cleared");
        }),
      );
    }
  }

  async function announce(): Promise<void> {
    announcing = true;
    announceAt = Infinity;
    try {
      await board.members.announce(memberNow());
      // 0 where there is more to say by now.
      announceAt = Math.min(announceAt, clock.monotonic() + settings.renewMs);
    } catch (error) {
      if (error instanceof HostNameTakenError) return yieldTo(error);
      announceAt = clock.monotonic() + settings.retryMs;
      log.warn({ err: error, host }, "this host could not be announced: trying again");
    } finally {
      announcing = false;
    }
  }

  /** Somebody else has our name, who took this host for dead. What is ours is under our incarnation, so it can still be given away. */
  function yieldTo(error: HostNameTakenError): void {
    if (closing !== undefined) return;
    log.error({ err: error, host }, "another process has this host's name: this one leaves");
    closing = quietly("leave", leave());
    onNameTaken(error);
  }

  function announceSoon(): void {
    announceAt = 0;
    poke();
  }

  function beginDraining(): void {
    if (state !== "serving") return;
    step("DRAIN");
    announceSoon();
  }

  const hasNothing = (): boolean => slots.every(({ state, task }) => state === "unowned" && task === undefined);
  const nothingLeft = (): Promise<void> =>
    hasNothing()
      ? Promise.resolve()
      : new Promise((resolve) => {
          waiting.push(resolve);
          poke();
        });

  async function leave(): Promise<void> {
    beginDraining();
    keeps = false;
    const late = Promise.withResolvers<void>();
    const cancel = clock.after(settings.closeMs, () => late.resolve());
    await Promise.race([nothingLeft(), late.promise]);
    cancel();
    // Nothing begins any more; what is under way ends.
    ended = true;
    cancelLook?.();
    for (const slot of slots) ownership.lose(slot, "closing");
    while (working.size > 0) await Promise.all(working);
    step("LEAVE");
    for (const done of waiting.splice(0)) done();
    await quietly("take this host off the board", board.members.withdraw(host, incarnation));
    await quietly("end the watch", watch?.close() ?? Promise.resolve());
  }

  async function quietly(what: string, work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      // A board that was closed first has ended its watches.
      if (!(error instanceof BoardClosedError)) log.warn({ err: error, host }, `could not ${what}`);
    }
  }

  return {
    slots,
    isCandidate,
    async join(): Promise<void> {
      watch = await board.watch(onChange);
      try {
        const predecessor = await noRivals(memberNow(), roster.members, settings.silenceMs, clock, (next) => {
          listener = next;
        });
        await board.members.announce(memberNow(), predecessor);
      } catch (error) {
        step("LEAVE");
        await quietly("end the watch", watch.close());
        throw error;
      }
      const now = clock.monotonic();
      looked = now;
      announceAt = now + settings.renewMs;
      takesFrom = now + settings.settleMs;
      step("JOINED");
      poke();
    },
    /** Whether the lease of the partition is certainly ours. */
    isSure(slot: Slot): boolean {
      const now = clock.monotonic();
      if (now - looked - settings.tickMs > settings.stallMs) {
        noticeStall(now);
        poke();
      }
      return slot.fence !== undefined && slot.doubtfulSince === undefined && now < slot.deadline;
    },
    fenced(fence: Fence): void {
      const slot = slots.find(({ name }) => name === fence.partition);
      if (slot?.fence?.epoch === fence.epoch) ownership.lose(slot, "fenced");
    },
    view: (): PlacementView => viewOf({ host, incarnation, state, counts, roster, isAlive: liveness.isAlive, slots, desired }),
    async drain(): Promise<void> {
      beginDraining();
      await nothingLeft();
    },
    close: (): Promise<void> => (closing ??= state === "left" ? Promise.resolve() : leave()),
  };
}
