import { OutcomeUnknownError, UnavailableError } from "@aethyr/event-store";
import type { Reply } from "@aethyr/protocol";
import type { Passivation } from "./passivation.ts";
import type { Pending } from "./pending.ts";
import type { Log } from "./ports.ts";
import { failedReply } from "./replies.ts";
import type { Snapshots } from "./snapshots.ts";
import type { Table } from "./table.ts";

type Parts = {
  readonly table: Table;
  readonly passivation: Passivation;
  readonly snapshots: Snapshots;
  readonly log: Log;
  /** For the whole of it. */
  readonly drainMs: number;
  /** Commands that are taken and not answered. */
  readonly unanswered: ReadonlySet<Pending>;
  /** Resolves when there are none. */
  readonly drained: () => Promise<void>;
  readonly isCommitting: (commandId: string) => boolean;
  readonly answer: (pending: Pending, reply: Reply) => void;
};

/** Finishes what a stopping host has, as far as time allows: then every command is answered, and what snapshots are not saved are not. */
export function createClosing({ table, passivation, snapshots, log, drainMs, unanswered, drained, isCommitting, answer }: Parts) {
  /** Their lane hands them out again, to whoever is next. */
  function giveBackPaused(): void {
    for (const hosted of table.values()) {
      if (!hosted.paused) continue;
      hosted.paused = false;
      for (const left of hosted.mailbox.splice(0)) answer(left, unavailable(left));
    }
  }

  function answerAll(): void {
    for (const { mailbox } of table.values()) mailbox.length = 0;
    for (const pending of unanswered) {
      // Also a repeat that waits for one in a transaction: what it asks for may come to be.
      answer(pending, isCommitting(pending.envelope.id) ? unknown(pending) : unavailable(pending));
    }
  }

  return async (): Promise<void> => {
    giveBackPaused();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        snapshots.stop();
        resolve();
      }, drainMs);
    });
    await Promise.race([drained(), late]);
    if (unanswered.size > 0) {
      log.warn({ pending: unanswered.size }, "stopping with commands that are not dealt with: their senders will ask again");
      answerAll();
    }
    await Promise.race([passivation.passivateAll(), late]);
    clearTimeout(timer);
  };
}

const unavailable = ({ envelope }: Pending) => failedReply(envelope.id, new UnavailableError("the host stops"));
const unknown = ({ envelope }: Pending) => failedReply(envelope.id, new OutcomeUnknownError("the host stops"));
