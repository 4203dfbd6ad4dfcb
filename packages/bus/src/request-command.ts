import { decodeReply, encodeCommand, refusalOf, refused, type CommandEnvelope, type Refused, type Reply } from "@aethyr/protocol";
import type { CommandLanes } from "./bus.ts";
import { BusError } from "./errors.ts";

type Once = {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** It was sent before, on whatever lane, and perhaps a host has it. */
  readonly again?: boolean;
};

/**
 * Sends a command once on the request lane and gives its reply. What went wrong is a reply too: `unavailable` or `busy` where it is certain that
 * no host has the command, `outcome_unknown` where one may. Rejects only with the reason of a signal that aborted.
 */
export const requestCommand = async (lanes: Pick<CommandLanes, "request">, command: CommandEnvelope, options: Once): Promise<Reply> =>
  (await attemptCommand(lanes, command, options)).reply;

/** The same; `isLast` where the bus is closed, so that no further attempt can come to anything. */
export async function attemptCommand(
  lanes: Pick<CommandLanes, "request">,
  command: CommandEnvelope,
  { again = false, ...options }: Once,
): Promise<{ readonly reply: Reply; readonly isLast: boolean }> {
  try {
    const { id, target } = command;
    const message = { ...encodeCommand(command, "application/msgpack"), id, target, ...(again && { again }) };
    const answer = await lanes.request(message, options);
    return { reply: decodeReply(answer), isLast: false };
  } catch (error) {
    options.signal?.throwIfAborted();
    const reply = refusalOf(error, command.id) ?? refusalByBus(error, command.id);
    return { reply, isLast: error instanceof BusError && error.code === "closed" };
  }
}

/** Codes of the bus after which it is certain that no host has the command. */
const notSent: ReadonlySet<string> = new Set(["no_responders", "unavailable", "already_serving"]);

function refusalByBus(error: unknown, id: string): Refused {
  if (!(error instanceof BusError)) throw error;
  if (error.code === "too_large" || error.code === "busy") return refused(id, error.code, error.message);
  return refused(id, notSent.has(error.code) ? "unavailable" : "outcome_unknown", error.message);
}
