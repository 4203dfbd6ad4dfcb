import { inOrderOfTargets, requestUntilAnswered, type CommandLanes } from "@aethyr/bus";
import { pathOf } from "@aethyr/kernel";
import { refused, retryable, type CommandEnvelope, type Reply } from "@aethyr/protocol";

/** Commands that one request of the API carries, at most. */
export const commandsAtOnce = 1_000;

export type SendParts = {
  readonly lanes: Pick<CommandLanes, "request">;
  /** For how many milliseconds a command is sent again under its id, while its reply says that this may help. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
};

/**
 * Sends commands on the request lane and gives their replies in the same order. Those to one aggregate go one after the other; where one of
 * them got no answer in time, those behind it are not sent, so that all of them can be sent again in their order. What went wrong is a reply
 * too: rejects only with the signal's reason, when commands may have taken effect. Ids are the caller's, who may have sent them before.
 */
export async function sendAll({ lanes, timeoutMs, signal }: SendParts, commands: readonly CommandEnvelope[]): Promise<readonly Reply[]> {
  const stuck = new Map<string, string>();
  return inOrderOfTargets(commands, async (command) => {
    const path = pathOf(command.target);
    const before = stuck.get(path);
    if (before !== undefined) {
      return refused(command.id, "unavailable", `it was not sent: ${before}, sent before it to ${path}, got no final answer`);
    }
    const reply = await requestUntilAnswered(lanes, command, { withinMs: timeoutMs, signal, again: true });
    if (retryable.has(reply.code)) stuck.set(path, command.id);
    return reply;
  });
}
