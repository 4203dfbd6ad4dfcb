import { setTimeout as pause } from "node:timers/promises";
import { refused, retryable, type CommandEnvelope, type Reply } from "@aethyr/protocol";
import type { CommandLanes } from "./bus.ts";
import { attemptCommand } from "./request-command.ts";

const firstPauseMs = 50;
const longestPauseMs = 1_000;
/** A host that dies takes the requests that it has with it, and nobody says so: whoever has them next is asked before long. */
const firstAttemptMs = 1_000;
const longestAttemptMs = 5_000;

export type UntilAnswered = {
  /** Milliseconds in all, repeats included. */
  readonly withinMs: number;
  /** Rejects with its reason; the command may have taken effect, ask under the same id. */
  readonly signal: AbortSignal;
  /** Whoever made the id may have sent it before this call. */
  readonly again?: boolean;
};

/**
 * Sends a command on the request lane, again under the same id while the reply says that this may help, with pauses that grow, until the time
 * is up or the bus is closed: then the last reply. So a partition that goes from one host to another meanwhile is nothing that senders notice.
 * Rejects with the signal's reason only.
 */
export async function requestUntilAnswered(
  lanes: Pick<CommandLanes, "request">,
  command: CommandEnvelope,
  { withinMs, signal, again = false }: UntilAnswered,
): Promise<Reply> {
  const until = performance.now() + withinMs;
  let perhapsTaken = false;
  for (let attempt = 0; ; attempt += 1) {
    const timeoutMs = Math.max(1, Math.min(until - performance.now(), longestAttemptMs, firstAttemptMs * 2 ** Math.min(attempt, 10)));
    const { reply, isLast } = await attemptCommand(lanes, command, { timeoutMs, signal, again: again || perhapsTaken });
    if (!retryable.has(reply.code)) return reply;
    perhapsTaken ||= reply.code === "outcome_unknown";
    const waitMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(attempt, 10)) * (0.8 + 0.2 * Math.random());
    if (isLast || performance.now() + waitMs >= until) return lastReply(reply, perhapsTaken);
    await pause(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

/** That this attempt applied nothing does not say so of one before it. */
function lastReply(reply: Reply, perhapsTaken: boolean): Reply {
  if (!perhapsTaken || reply.code === "outcome_unknown" || reply.code === "accepted") return reply;
  return refused(reply.command, "outcome_unknown", `an earlier attempt may have taken effect, then: ${reply.message}`);
}
