import type { Answers } from "@aethyr/event-store";
import { isPassing, type CommandEnvelope, type Reply } from "@aethyr/protocol";
import type { InDoubt } from "./in-doubt.ts";
import { notOwned, type Owning } from "../sharing/ownership.ts";
import { failedReply, outcomeOfPassing, recordedReply } from "./replies.ts";

/** What is known of the copies of a command. */
export type Copies = {
  /** Others may be on their way. */
  readonly again: boolean;
  /** Takes the one that was decided on out of its lane: from then on it is handed out to nobody, see `Delivery.remove`. */
  readonly remove?: (() => Promise<boolean>) | undefined;
};

type Parts = {
  /** Undefined on a store that nobody else writes. */
  readonly answers: Answers | undefined;
  /** Commands that another host was asked for, and may commit yet. */
  readonly unheard: Pick<InDoubt, "has">;
  readonly owning: Pick<Owning, "fenceOf" | "owns" | "ascertain" | "lose">;
  /** Forgets the actors that are another host's now. */
  readonly dropLost: () => void;
};

/**
 * Makes sure, before its sender is told, that a command which changed nothing takes no effect later: an answer of that kind is not in the log, so a
 * copy of the command would be decided anew, and there may be something to do by then. Where no other copy is on its way it is enough that the one at
 * hand comes to nobody else; otherwise the answer is recorded, and all copies get it. Never rejects.
 */
export function createFinalAnswers({ answers, unheard, owning, dropLost }: Parts) {
  /** Whoever has its target next raises the fence, and only then is given what is in the lane: if ours is the newest, nobody else was given this command. */
  async function isGone(target: CommandEnvelope["target"], remove: () => Promise<boolean>): Promise<boolean> {
    if (!(await remove())) return false;
    try {
      await owning.ascertain([target]);
    } catch {
      // Whoever records the answer hears what is wrong.
      return false;
    }
    return owning.owns(target);
  }

  return async ({ id, target }: CommandEnvelope, reply: Reply, { again, remove }: Copies): Promise<Reply> => {
    if (answers === undefined || !isPassing(reply)) return reply;
    if (!again && !unheard.has(id) && (remove === undefined || (await isGone(target, remove)))) return reply;
    const fence = owning.fenceOf(target);
    if (!owning.owns(target)) return notOwned(id);
    try {
      const [result] = await answers.record([{ command: { id, outcome: outcomeOfPassing(reply) }, ...(fence && { fence }) }]);
      if (result?.ok) return recordedReply(id, result.recorded);
      if (fence !== undefined) owning.lose(fence);
      dropLost();
      return notOwned(id);
    } catch (error) {
      return failedReply(id, error);
    }
  };
}
