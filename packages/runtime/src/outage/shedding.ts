import { OutcomeUnknownError, UnavailableError } from "@aethyr/event-store";
import type { Refused, Reply } from "@aethyr/protocol";
import type { InDoubt } from "../answering/in-doubt.ts";
import type { Pending } from "../intake/pending.ts";
import { failedReply } from "../answering/replies.ts";
import type { Table } from "../actors/table.ts";

type Parts = {
  readonly table: Table;
  readonly unanswered: ReadonlySet<Pending>;
  readonly isCommitting: (commandId: string) => boolean;
  readonly inDoubt: InDoubt;
  readonly answer: (pending: Pending, reply: Reply) => void;
};

/** What is said while the store does not answer. */
export type Shedding = {
  /** What a command that is not taken is told. */
  refusal(commandId: string): Refused;
  /** Answers whatever waits for the store: what is in a transaction has its own answer coming, what is persistent waits on. */
  shed(): void;
};

export function createShedding({ table, unanswered, isCommitting, inDoubt, answer }: Parts): Shedding {
  const waitsOn = ({ persistent, envelope }: Pending): boolean => persistent || isCommitting(envelope.id);

  function refusal(commandId: string): Refused {
    // Also a repeat of one in a transaction: what it asks for may come to be.
    const open = isCommitting(commandId) || inDoubt.has(commandId);
    return failedReply(commandId, open ? new OutcomeUnknownError("no answer yet") : new UnavailableError("no answer"));
  }

  return {
    refusal,
    shed() {
      for (const { mailbox } of table.values()) {
        if (mailbox.length === 0) continue;
        const left = mailbox.filter(waitsOn);
        mailbox.length = 0;
        for (const pending of left) mailbox.push(pending);
      }
      for (const pending of unanswered) if (!waitsOn(pending)) answer(pending, refusal(pending.envelope.id));
    },
  };
}
