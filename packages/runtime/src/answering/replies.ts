import { AethyrError, refOf, type Json, type Rejection } from "@aethyr/kernel";
import { accepted, protocolVersion, refused, Reply, type Accepted, type Refused } from "@aethyr/protocol";
import type { Outcome } from "../deciding/batch.ts";

/** The reply to a command that took effect, the first time and at every repeat. */
export function acceptedReply(command: string, outcome: Outcome, position: number, provisional = false): Accepted {
  return accepted(
    command,
    Object.keys(outcome).map((path) => ({ stream: refOf(path), version: outcome[path]! })),
    position,
    provisional,
  );
}

/** Beside the paths of streams, which have a slash. */
const nothingChanged = "answer";

/** What is recorded with a command that changed nothing: its reply, but for what every reply says. */
export function outcomeOfUnchanged(reply: Reply): Json {
  const { v: _version, command: _command, ...answer } = reply;
  return { [nothingChanged]: answer as Json };
}

type Recorded = { readonly outcome: Json; readonly position: number; readonly provisional?: boolean };

/** The reply that is recorded for a command, whether it changed something or not. */
export function recordedReply(command: string, { outcome, position, provisional }: Recorded): Reply {
  const answer = (outcome as { readonly [nothingChanged]?: object } | null)?.[nothingChanged];
  if (answer === undefined) return acceptedReply(command, outcome as Outcome, position, provisional);
  const reply = Reply.safeParse({ ...answer, v: protocolVersion, command, final: true });
  return reply.success
    ? reply.data
    : refused(command, "internal", "it was answered for good, in words that this host does not know: ask a newer one");
}

export function rejectedReply(command: string, { rejected: reason, message, details }: Rejection): Refused {
  return refused(command, "rejected", message, details === undefined ? { reason } : { reason, details });
}

/** How a failure is answered: what it means for the sender, never what the engine said. */
export function failedReply(command: string, error: unknown): Refused {
  const code = error instanceof AethyrError ? error.code : "internal";
  switch (code) {
    case "unavailable":
    case "closed":
      return refused(command, "unavailable", "the event store cannot be used now; nothing was applied: send the command again");
    case "outcome_unknown":
      return refused(command, "outcome_unknown", "it is not known whether the command took effect: ask again under the same id");
    case "limit_exceeded":
      return refused(command, "too_large", "the command's events are more than the store takes at once; nothing was applied");
    default:
      // The code that says no more than the reply's own is not said twice.
      return refused(
        command,
        "internal",
        `the host failed on this command${code === "internal" ? "" : ` (${code})`}; why, its operator finds in its log`,
        {
          reason: code,
        },
      );
  }
}
