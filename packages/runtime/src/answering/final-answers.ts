import { neverFits, type Answers } from "@aethyr/event-store";
import { isPassing, retryable, type Reply } from "@aethyr/protocol";
import type { Pending } from "../intake/pending.ts";
import { notOwned, type Owning } from "../sharing/ownership.ts";
import type { InDoubt } from "./in-doubt.ts";
import { failedReply, outcomeOfUnchanged, recordedReply } from "./replies.ts";

type Parts = {
  /** Undefined on a store that nobody else writes. */
  readonly answers: Answers | undefined;
  /** Commands that another host was asked for, and may commit yet. */
  readonly unheard: InDoubt;
  readonly owning: Pick<Owning, "lose">;
  /** Forgets the actors that are another host's now. */
  readonly dropLost: () => void;
};

/** A command that changes nothing, as this host has confirmed, and what it is to be told. */
export type Passing = { readonly pending: Pending; readonly reply: Reply };

/**
 * An answer that nothing was changed is not in the log, so a copy of the command would be decided anew, and there may be something to do by then. Where a
 * copy may be on its way the answer is recorded before it is told; then all copies get it.
 */
export type FinalAnswers = {
  /** Somebody may have a copy: the lane that keeps it, its sender who has sent it before, a host that was asked. */
  isNeeded(passing: Passing): boolean;
  /** What the senders are told, in the order given. Never rejects. */
  record(these: readonly Passing[]): Promise<readonly Reply[]>;
};

/** In one call to the store, which takes 512. */
const mostAtOnce = 256;

export function createFinalAnswers({ answers, unheard, owning, dropLost }: Parts): FinalAnswers {
  async function recordSome(to: Answers, these: readonly Passing[]): Promise<readonly Reply[]> {
    try {
      const results = await to.record(
        these.map(({ pending: { envelope, fence }, reply }) => ({
          command: { id: envelope.id, outcome: outcomeOfUnchanged(reply) },
          ...(fence && { fence }),
        })),
      );
      return these.map(({ pending: { envelope, fence } }, index) => {
        const result = results[index]!;
        unheard.resolve(envelope.id);
        if (result.ok) return recordedReply(envelope.id, result.recorded);
        if (fence !== undefined) owning.lose(fence);
        return notOwned(envelope.id);
      });
    } catch (error) {
      // Of several one is too large: each is tried by itself.
      if (neverFits(error) && these.length > 1) return (await Promise.all(these.map((one) => recordSome(to, [one])))).flat();
      return these.map(({ pending }) => failedReply(pending.envelope.id, error));
    }
  }

  return {
    isNeeded({ pending: { envelope, again, persistent, onBehalf }, reply }) {
      if (answers === undefined || onBehalf !== undefined) return false;
      // What is no command today may be one for the next host, and a fault may be mended: that is final only where somebody is at work on it.
      return unheard.has(envelope.id) ? !retryable.has(reply.code) : (again || persistent) && isPassing(reply);
    },
    async record(these) {
      if (answers === undefined) return these.map(({ reply }) => reply);
      const replies: Reply[] = [];
      for (let at = 0; at < these.length; at += mostAtOnce) replies.push(...(await recordSome(answers, these.slice(at, at + mostAtOnce))));
      dropLost();
      return replies;
    },
  };
}
