import { setTimeout as pause } from "node:timers/promises";
import { BusError, type CommandLanes } from "@aethyr/bus";
import { decodeReply, encodeCommand, refusalOf, refused, retryable, type CommandEnvelope, type Reply } from "@aethyr/protocol";

const firstPauseMs = 50;
const longestPauseMs = 1_000;

/**
 * Sends a command on the request lane, again under the same id while the reply says that this may help, until the time is up: then the last
 * reply. Rejects with the signal's reason only.
 */
export async function sendUntilAnswered(
  lanes: Pick<CommandLanes, "request">,
  command: CommandEnvelope,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Reply> {
  const until = performance.now() + timeoutMs;
  let perhapsApplied = false;
  for (let attempt = 0; ; attempt += 1) {
    const reply = await sendOnce(lanes, command, Math.max(1, until - performance.now()), signal);
    if (!retryable.has(reply.code)) return reply;
    perhapsApplied ||= reply.code === "outcome_unknown";
    const waitMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(attempt, 10)) * (0.8 + 0.2 * Math.random());
    if (performance.now() + waitMs >= until) return lastReply(reply, perhapsApplied);
    await pause(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

/** That this attempt applied nothing does not say so of one before it. */
function lastReply(reply: Reply, perhapsApplied: boolean): Reply {
  if (!perhapsApplied || reply.code === "outcome_unknown" || reply.code === "accepted") return reply;
  return refused(reply.command, "outcome_unknown", `an earlier attempt may have taken effect, then: ${reply.message}`);
}

async function sendOnce(
  lanes: Pick<CommandLanes, "request">,
  command: CommandEnvelope,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Reply> {
  try {
    const { id, target } = command;
    const answer = await lanes.request({ ...encodeCommand(command, "application/msgpack"), id, target }, { timeoutMs, signal });
    return decodeReply(answer);
  } catch (error) {
    signal.throwIfAborted();
    return refusalOf(error, command.id) ?? refusalByBus(error, command.id);
  }
}

/** Codes of the bus after which it is certain that no host has the command. */
const notSent: ReadonlySet<string> = new Set(["no_responders", "unavailable"]);

function refusalByBus(error: unknown, id: string): Reply {
  if (!(error instanceof BusError)) throw error;
  if (error.code === "too_large") return refused(id, "too_large", error.message);
  return refused(id, notSent.has(error.code) ? "unavailable" : "outcome_unknown", error.message);
}
