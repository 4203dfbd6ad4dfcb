import { type CommandEnvelope, type Reply, retryable } from "@aethyr/protocol";
import type { ImportCommand } from "../commands/import-command.ts";
import type { Clock } from "./clock.ts";

/**
 * Sends commands the way every client does, and gives the reply to each, in any order. A rejection means that nobody knows what became of
 * them: they are sent again. It must settle in bounded time.
 */
export type Send = (commands: readonly CommandEnvelope[]) => Promise<readonly Reply[]>;

export type SendParts = {
  readonly send: Send;
  readonly clock: Clock;
  /** For how many milliseconds a batch is sent again. */
  readonly retryForMs: number;
  readonly signal: AbortSignal | undefined;
};

/** A command with its final reply. */
export type Answered = ImportCommand & { readonly reply: Reply };

export type Sent = {
  readonly answered: readonly Answered[];
  /** Without a final reply, because of the signal or the deadline. */
  readonly open: readonly ImportCommand[];
  /** What was heard last about those. */
  readonly lastHeard: string;
};

const firstPauseMs = 50;
const longestPauseMs = 2_000;

/** Sends a batch, and what is answered "try again" once more under the same id, with growing pauses, until the deadline. */
export async function sendBatch(batch: readonly ImportCommand[], { send, clock, retryForMs, signal }: SendParts): Promise<Sent> {
  const deadlineMs = clock.nowMs() + retryForMs;
  const answered: Answered[] = [];
  const isAborted = (): boolean => signal?.aborted === true;
  let open = batch;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    const { replies, failure } = await attempt(send, open);
    const stillOpen: ImportCommand[] = [];
    let lastHeard = failure;
    for (const each of open) {
      const reply = replies.get(each.command.id);
      if (reply !== undefined && !retryable.has(reply.code)) answered.push({ ...each, reply });
      else {
        stillOpen.push(each);
        lastHeard ??= reply === undefined || reply.code === "accepted" ? "no reply" : `${reply.code}: ${reply.message}`;
      }
    }
    open = stillOpen;
    const over = open.length === 0 || isAborted() || clock.nowMs() + pauseMs > deadlineMs;
    if (over) return { answered, open, lastHeard: lastHeard ?? "" };
    await clock.pause(pauseMs, signal);
    if (isAborted()) return { answered, open, lastHeard: lastHeard ?? "" };
  }
}

type Attempt = { readonly replies: ReadonlyMap<string, Reply>; readonly failure: string | undefined };

async function attempt(send: Send, commands: readonly ImportCommand[]): Promise<Attempt> {
  try {
    const replies = await send(commands.map(({ command }) => command));
    return { replies: new Map(replies.map((reply) => [reply.command, reply])), failure: undefined };
  } catch (error) {
    return { replies: new Map(), failure: error instanceof Error ? error.message : String(error) };
  }
}
