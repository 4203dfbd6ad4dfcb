import type { EventStore } from "@aethyr/event-store";
import { refused, type Reply } from "@aethyr/protocol";
import type { Unchanged } from "./deciding.ts";
import type { FinalAnswers } from "../answering/final-answers.ts";
import type { Hosted } from "../actors/hosted.ts";
import type { Hydration } from "../actors/hydration.ts";
import { notOwned, type Owning } from "../sharing/ownership.ts";
import type { Pending } from "../intake/pending.ts";
import { failedReply, recordedReply } from "../answering/replies.ts";

/** A command that changes nothing as far as this host knows. Its target is held, and those that it saw stay in memory, until it is dealt with. */
export type Unconfirmed = Unchanged & { readonly pending: Pending };

/** What it is told; `stale` where it is to be decided again. */
type Verdict = Reply | "stale";

type Parts = {
  readonly store: EventStore;
  readonly hydration: Hydration;
  readonly attempts: number;
  readonly owning: Pick<Owning, "holds" | "ascertain">;
  readonly finalAnswers: FinalAnswers;
  readonly answer: (pending: Pending, reply: Reply) => void;
  /** A rule or a chart failed, and not because it was decided on stale state. */
  readonly poisoned: (pending: Pending, error: unknown) => void;
  /** Back to the front of its target's mailbox. */
  readonly retry: (pending: Pending) => void;
  /** The target's next command may be looked at. */
  readonly enqueue: (target: Hosted) => void;
  /** Nothing is left to be done here. */
  readonly release: (target: Hosted) => void;
};

/**
 * Confirms answers that change nothing before they are given: no rejection on stale state, and a repeat of a command that took effect gets
 * the recorded reply, not a rejection by its own consequences; and nothing from a host that was fenced out. One question to the store for all that came up in a turn. Never rejects.
 */
export function createConfirming(parts: Parts): (these: readonly Unconfirmed[]) => Promise<void> {
  const { store, hydration, attempts, owning, finalAnswers, answer, poisoned, retry, enqueue, release } = parts;

  async function ask(these: readonly Unconfirmed[]): Promise<() => readonly Verdict[]> {
    const hosts = [...new Set(these.flatMap(({ seen }) => [...seen.keys()]))];
    const discards = new Map(hosts.map((hosted) => [hosted, hosted.discards]));
    const [outcomes, heads] = await Promise.all([
      store.outcomes(these.map(({ pending }) => pending.envelope.id)),
      hosts.length === 0 ? [] : store.heads(hosts.map(({ ref }) => ref)),
      // Whoever owns them next has raised their fences before it decides anything: while ours are the newest, nobody else has answered.
      owning.ascertain(these.map(({ pending }) => pending.fence)),
    ]);
    const headOf = new Map(hosts.map((hosted, index) => [hosted, heads[index]!.version]));
    // One that is being read has moved already, and does not say yet by whom.
    const isBehind = (hosted: Hosted) =>
      hosted.instance === undefined || hosted.state === "hydrating" || headOf.get(hosted)! > hosted.instance.version;
    // What is newer may be a commit of this host, or somebody else's that it lost to: that is known when it has ended.
    await Promise.all(hosts.filter(isBehind).flatMap(({ committing = [] }) => committing));
    return () => {
      const behind = new Set(hosts.filter((hosted) => isBehind(hosted) || hosted.discards !== discards.get(hosted)));
      for (const hosted of behind) if (hosted.state === "ready") hydration.refresh(hosted);
      return these.map((each, index) => {
        const recorded = outcomes[index];
        if (recorded !== undefined) return recordedReply(each.pending.envelope.id, recorded);
        // It counts as newer also where it was read from the log since: what is not this host's own may be older than the question.
        return [...each.seen].some(([hosted, version]) => behind.has(hosted) || hosted.readVersion > version) ? "stale" : each.reply;
      });
    };
  }

  /** What the log has recorded is true whoever says it; the rest is to be said by who has owned its target all the time. */
  const isToSay = ({ pending, reply }: Unconfirmed, verdict: Verdict): boolean =>
    (verdict !== "stale" && verdict !== reply) || owning.holds(pending.target.ref, pending.fence);

  function settle(each: Unconfirmed, verdict: Verdict): void {
    const { pending, reply, error } = each;
    if (!isToSay(each, verdict)) return answer(pending, notOwned(pending.envelope.id));
    if (verdict === "stale") {
      pending.attempts += 1;
      if (pending.attempts < attempts) retry(pending);
      else
        answer(
          pending,
          refused(pending.envelope.id, "conflict", "others kept overtaking this command; nothing was applied: send it again"),
        );
      return;
    }
    if (error !== undefined && verdict === reply) poisoned(pending, error);
    answer(pending, verdict);
  }

  /** The next command of its target may be looked at, unless that one is to be confirmed as well. */
  function end(these: readonly Unconfirmed[], verdicts: readonly Verdict[]): void {
    for (const { pending } of these) pending.target.held = false;
    these.forEach((each, index) => settle(each, verdicts[index]!));
    for (const { pending } of these) {
      enqueue(pending.target);
      release(pending.target);
    }
  }

  return async (these) => {
    let judge: () => readonly Verdict[];
    try {
      judge = await ask(these);
    } catch (error) {
      judge = () => these.map(({ pending }) => failedReply(pending.envelope.id, error));
    }
    for (const { seen } of these) for (const hosted of seen.keys()) hosted.confirmations -= 1;
    const verdicts = judge();
    const isOpen = these.map((each, index) => {
      const verdict = verdicts[index]!;
      return verdict === each.reply && isToSay(each, verdict) && finalAnswers.isNeeded(each);
    });
    end(
      these.filter((_, index) => !isOpen[index]),
      verdicts.filter((_, index) => !isOpen[index]),
    );
    const open = these.filter((_, index) => isOpen[index]);
    if (open.length === 0) return;
    // Its target's next command waits: what is told now must not come to something after that.
    const replies = await finalAnswers.record(open);
    for (const { pending, error } of open) if (error !== undefined) poisoned(pending, error);
    end(open, replies);
  };
}
