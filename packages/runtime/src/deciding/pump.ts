import { newBatch, writesItsTarget, type Batch } from "./batch.ts";
import type { Unconfirmed } from "./confirming.ts";
import type { Attempt } from "./deciding.ts";
import type { Hosted } from "../actors/hosted.ts";
import type { Owning } from "../sharing/ownership.ts";
import type { HostOptions } from "../options.ts";
import type { Pending, Ready } from "../intake/pending.ts";

type Parts = {
  readonly options: Pick<HostOptions, "batchEvents" | "batchesInFlight" | "passivateBeforeCommand">;
  readonly decideOn: (pending: Ready, batch: Batch) => Attempt;
  /** Seals the secrets of the command at the front; its target is enqueued when that is done. */
  readonly seal: (pending: Pending) => void;
  readonly owning: Pick<Owning, "fenceOf" | "shared">;
  /** Has the command at the front decided by another host at once, where that was best of late; false where it is this host's to try. */
  readonly askFirst: (pending: Pending) => boolean;
  /** Another host has the target: its commands are not to be decided here. */
  readonly giveBack: (these: Pending[]) => void;
  readonly commit: (batch: Batch) => Promise<void>;
  readonly confirm: (these: readonly Unconfirmed[]) => Promise<void>;
};

/** Turns waiting commands into transactions. */
export type Pump = {
  /** The next command of this aggregate is to be looked at. */
  enqueue(hosted: Hosted): void;
  batchesInFlight(): number;
  /** Whether a command of this id is in a transaction under way. */
  isCommitting(commandId: string): boolean;
};

export function createPump({ options, decideOn, seal, owning, askFirst, giveBack, commit, confirm }: Parts): Pump {
  /** Aggregates whose next command is to be looked at, in turn. */
  let queue: Hosted[] = [];
  /** Commands in transactions under way, and who waits for one of these to end. */
  const committingIds = new Set<string>();
  let waitingForAny: Hosted[] = [];
  let inFlight = 0;
  let scheduled = false;

  function enqueue(hosted: Hosted): void {
    if (hosted.queued || hosted.mailbox.length === 0) return;
    hosted.queued = true;
    queue.push(hosted);
    schedule();
  }

  /** After the present turn of the event loop, so that commands which arrive together are committed together. */
  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(pump);
  }

  function pump(): void {
    scheduled = false;
    while (queue.length > 0 && inFlight < options.batchesInFlight) {
      const { batch, unconfirmed } = fill();
      if (unconfirmed.length > 0) void confirm(unconfirmed);
      if (batch.entries.length === 0) continue;
      inFlight += 1;
      for (const { pending } of batch.entries) committingIds.add(pending.envelope.id);
      void commit(batch).then(() => ended(batch));
    }
  }

  /** Decides as many waiting commands as fit, aggregate by aggregate in turn. */
  function fill(): { readonly batch: Batch; readonly unconfirmed: readonly Unconfirmed[] } {
    const batch = newBatch();
    const unconfirmed: Unconfirmed[] = [];
    const turn = queue;
    queue = [];
    for (const [index, target] of turn.entries()) {
      if (isFull(batch)) {
        // Before those that were woken meanwhile: they have waited longer.
        queue = [...turn.slice(index), ...queue];
        break;
      }
      target.queued = false;
      drain(target, batch, unconfirmed);
    }
    return { batch, unconfirmed };
  }

  function drain(target: Hosted, batch: Batch, unconfirmed: Unconfirmed[]): void {
    const fence = owning.fenceOf(target.ref);
    if (owning.shared && fence === undefined) return giveBack(target.mailbox);
    for (let next = target.mailbox[0]; next !== undefined && mayGoOn(target); next = target.mailbox[0]) {
      if (isFull(batch) || (next.alone && batch.entries.length > 0)) return enqueue(target);
      // It came before this host lost its partition and got it again: whoever had it in between was given it too.
      if (next.fence?.token !== fence?.token) {
        giveBack(target.mailbox.splice(0, 1));
        continue;
      }
      const { id } = next.envelope;
      if (committingIds.has(id) || batch.commandIds.has(id)) {
        waitingForAny.push(target);
        return;
      }
      if (next.refusal !== undefined) {
        // What came before it is answered first.
        if (batch.written.has(target)) batch.waiting.push(target);
        else if (target.state !== "committing") hold(target, unconfirmed, { pending: next, reply: next.refusal, seen: new Map() });
        return;
      }
      // While its secrets are being sealed it keeps its place.
      if (next.sealing || !isReady(next)) return;
      // What came before it is in the log by then, or in no transaction.
      if (target.askFirst && !batch.written.has(target) && target.state !== "committing" && askFirst(next)) {
        target.mailbox.shift();
        return;
      }
      const attempt = decideOn(next, batch);
      if (attempt.kind !== "taken") {
        if (attempt.kind === "seals") seal(next);
        if (attempt.kind === "tentative") batch.waiting.push(target);
        if (attempt.kind === "unchanged") hold(target, unconfirmed, { pending: next, ...attempt });
        return;
      }
      target.mailbox.shift();
      // What comes after a command may be tried with it only if it cannot be committed without it: that is so where the command itself
      // writes their target, see `after`. Else, should this one have to be decided again, the next would overtake it.
      if (!writesItsTarget(batch.entries.at(-1)!)) {
        target.held = true;
        batch.held.push(target);
      }
    }
  }

  function hold(target: Hosted, unconfirmed: Unconfirmed[], the: Unconfirmed): void {
    target.mailbox.shift();
    target.held = true;
    for (const hosted of the.seen.keys()) hosted.confirmations += 1;
    unconfirmed.push(the);
  }

  function isFull(batch: Batch): boolean {
    if (batch.entries.length === 0) return false;
    return batch.events >= options.batchEvents || options.passivateBeforeCommand || batch.entries[0]!.pending.alone;
  }

  function ended(batch: Batch): void {
    inFlight -= 1;
    for (const id of batch.commandIds) committingIds.delete(id);
    for (const target of batch.held) target.held = false;
    const waiting = [...waitingForAny, ...batch.waiting, ...batch.held];
    waitingForAny = [];
    for (const target of waiting) enqueue(target);
    if (queue.length > 0) schedule();
  }

  return { enqueue, batchesInFlight: () => inFlight, isCommitting: (commandId) => committingIds.has(commandId) };
}

const mayGoOn = ({ held, awaited, paused, resting }: Hosted): boolean => !held && !awaited && !paused && !resting;
const isReady = (pending: Pending): pending is Ready => pending.input !== undefined;
