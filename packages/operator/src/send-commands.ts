import { BusError, type CommandLanes } from "@aethyr/bus";
import { decodeReply, encodeCommand, refusalOf, refused, type CommandEnvelope, type Refused, type Reply } from "@aethyr/protocol";

/** Commands that are under way at once, at most. */
export const commandsAtOnce = 1_000;

export type SendParts = { readonly lanes: Pick<CommandLanes, "request">; readonly timeoutMs: number };

/** Sends commands on the request lane and gives their replies in the same order. Never rejects: what went wrong is a reply too. */
export async function sendAll(parts: SendParts, commands: readonly CommandEnvelope[]): Promise<readonly Reply[]> {
  const replies: Reply[] = [];
  for (let from = 0; from < commands.length; from += commandsAtOnce) {
    replies.push(...(await Promise.all(commands.slice(from, from + commandsAtOnce).map((command) => send(parts, command)))));
  }
  return replies;
}

async function send({ lanes, timeoutMs }: SendParts, command: CommandEnvelope): Promise<Reply> {
  try {
    const { id, target } = command;
    const reply = await lanes.request({ ...encodeCommand(command, "application/msgpack"), id, target }, { timeoutMs });
    return decodeReply(reply);
  } catch (error) {
    return refusalOf(error, command.id) ?? refusalByBus(error, command.id);
  }
}

/** Codes of the bus after which it is certain that no host has the command. */
const notSent: ReadonlySet<string> = new Set(["no_responders", "unavailable", "already_serving"]);

function refusalByBus(error: unknown, id: string): Refused {
  if (!(error instanceof BusError)) throw error;
  if (error.code === "too_large") return refused(id, "too_large", error.message);
  return refused(id, notSent.has(error.code) ? "unavailable" : "outcome_unknown", error.message);
}
