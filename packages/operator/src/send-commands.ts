import { requestCommand, type CommandLanes } from "@aethyr/bus";
import type { CommandEnvelope, Reply } from "@aethyr/protocol";

/** Commands that are under way at once, at most. */
export const commandsAtOnce = 1_000;

export type SendParts = { readonly lanes: Pick<CommandLanes, "request">; readonly timeoutMs: number };

/** Sends commands on the request lane and gives their replies in the same order. Never rejects: what went wrong is a reply too. */
export async function sendAll({ lanes, timeoutMs }: SendParts, commands: readonly CommandEnvelope[]): Promise<readonly Reply[]> {
  const replies: Reply[] = [];
  for (let from = 0; from < commands.length; from += commandsAtOnce) {
    const wave = commands.slice(from, from + commandsAtOnce);
    replies.push(...(await Promise.all(wave.map((command) => requestCommand(lanes, command, { timeoutMs })))));
  }
  return replies;
}
