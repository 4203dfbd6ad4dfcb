import { OutcomeUnknownError } from "@aethyr/event-store";
import type { Ref } from "@aethyr/kernel";
import type { Reply } from "@aethyr/protocol";
import { notOwned } from "./ownership.ts";
import type { Passivation } from "../actors/passivation.ts";
import type { Pending } from "../intake/pending.ts";
import type { Log } from "../ports.ts";
import { failedReply } from "../answering/replies.ts";
import type { Table } from "../actors/table.ts";

type Parts = {
  readonly table: Table;
  readonly passivation: Passivation;
  readonly log: Log;
  /** For the whole of it. */
  readonly drainMs: number;
  /** Commands that are taken and not answered. */
  readonly unanswered: ReadonlySet<Pending>;
  readonly isCommitting: (commandId: string) => boolean;
  readonly answer: (pending: Pending, reply: Reply) => void;
};

type Which = (ref: Ref) => boolean;

/** Lets a host finish what it has of some aggregates, and forget them. */
export type Draining = {
  /** They are being drained: no more commands for them are taken, and what fails is not tried again. */
  isLeaving(ref: Ref): boolean;
  /**
   * Finishes what was taken, as far as time allows; then every command is answered, and what snapshots are not saved are not. `late`: told
   * where time did not allow it.
   */
  drain(these: Which, late?: () => void): Promise<void>;
  /** Gives commands that wait back, and empties the list: they are another host's to decide. */
  giveBack(these: Pending[]): void;
  /** What came later by the same lane goes back with a command that does: else it would overtake it. */
  giveBackLater(than: Pending): void;
  /** One command is answered. */
  answered(pending: Pending): void;
};

export function createDraining({ table, passivation, log, drainMs, unanswered, isCommitting, answer }: Parts): Draining {
  const leaving = new Set<Which>();
  const waiting = new Set<{ readonly left: Set<Pending>; readonly done: () => void }>();

  // What a repeat waits for may come to be.
  const unfinished = ({ envelope: { id } }: Pending): Reply =>
    isCommitting(id) ? failedReply(id, new OutcomeUnknownError("the host stops")) : notOwned(id);

  function giveBack(these: Pending[]): void {
    for (const pending of these.splice(0)) answer(pending, unfinished(pending));
  }

  const pendingOf = (these: Which): Set<Pending> => new Set([...unanswered].filter(({ target }) => these(target.ref)));

  function finished(these: Which): Promise<void> {
    const left = pendingOf(these);
    if (left.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const wait = {
        left,
        done: () => {
          waiting.delete(wait);
          resolve();
        },
      };
      waiting.add(wait);
    });
  }

  /** What failed waits for its next attempt, which is not to be here. */
  function giveBackPaused(these: Which): void {
    for (const hosted of table.values()) {
      if (!hosted.paused || !these(hosted.ref)) continue;
      hosted.paused = false;
      giveBack(hosted.mailbox);
    }
  }

  return {
    isLeaving: (ref) => {
      for (const these of leaving) if (these(ref)) return true;
      return false;
    },
    giveBack,
    giveBackLater({ target: { mailbox }, fence }) {
      const later = mailbox.filter((each) => each.persistent && each.fence?.token === fence?.token);
      if (later.length === 0) return;
      mailbox.splice(0, mailbox.length, ...mailbox.filter((each) => !later.includes(each)));
      giveBack(later);
    },
    answered(pending) {
      for (const { left, done } of waiting) if (left.delete(pending) && left.size === 0) done();
    },
    async drain(these, late = () => undefined) {
      leaving.add(these);
      let timer: NodeJS.Timeout | undefined;
      const timeIsUp = new Promise<void>((resolve) => {
        timer = setTimeout(() => {
          late();
          resolve();
        }, drainMs);
      });
      try {
        giveBackPaused(these);
        await Promise.race([finished(these), timeIsUp]);
        const left = pendingOf(these);
        if (left.size > 0) {
          log.warn({ pending: left.size }, "stopping with commands that are not dealt with: their senders will ask again");
          for (const hosted of table.values()) if (these(hosted.ref)) hosted.mailbox.length = 0;
          for (const pending of left) answer(pending, unfinished(pending));
        }
        await Promise.race([passivation.passivateAll(these), timeIsUp]);
      } finally {
        clearTimeout(timer);
        leaving.delete(these);
      }
    },
  };
}
