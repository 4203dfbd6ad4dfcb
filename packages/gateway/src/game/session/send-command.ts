import { refOf } from "@aethyr/kernel";
import { retryable } from "@aethyr/protocol";
import type { Sent } from "../command.ts";
import type { GameParts } from "../game-parts.ts";
import { noAnswer, refusalText } from "../texts/refusals.ts";
import type { WorldCommand, WorldInput } from "../world-port.ts";

/** A command of the world, with who sends it: `path` is the `type/id` that it is for, `actor` that of its sender. */
export type WorldOrder<N extends WorldCommand> = {
  readonly type: N;
  readonly path: string;
  readonly data: WorldInput<N>;
  readonly actor: string;
  /** Which story it belongs to; without one it is a story of its own. */
  readonly correlation?: string;
};

/** What came of it, and what its sender is to read about that; of what was done they mostly see it happen. */
export type Outcome = { readonly sent: Sent; readonly text?: string };

const late = "(What you did is done, and you will see it in a moment.)";
const provisional = "(That is done, as far as can be said while the world's memory is away.)";

/**
 * Sends a command to the world and, where it was done, waits until whoever sees it has seen it. Never rejects: what nobody answers is logged.
 * A refusal is in the usual words, or in those of `otherwise`, by the rule's word.
 */
export async function sendCommand<N extends WorldCommand>(
  parts: Pick<GameParts, "client" | "log" | "options" | "settle">,
  { type, path, data, ...from }: WorldOrder<N>,
  otherwise: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const { client, log, options, settle } = parts;
  let reply;
  try {
    reply = await client.send(type, refOf(path), data, { ...from, timeoutMs: options.commandMs });
  } catch (error) {
    log.error({ err: error, command: type, ...from }, "a command got no answer");
    return { sent: "failed", text: noAnswer };
  }
  if (reply.code !== "accepted") {
    const reason = reply.code === "rejected" ? (reply.reason ?? "") : reply.code;
    // The next command would fare no better.
    const isFault = retryable.has(reply.code) || reply.code === "internal";
    return { sent: isFault ? "failed" : "refused", text: otherwise[reason] ?? refusalText(reply) };
  }
  if (reply.changed.length === 0) return { sent: "nothing" };
  if (reply.provisional === true) return { sent: "done", text: provisional };
  return (await settle(reply.position)) ? { sent: "done" } : { sent: "done", text: late };
}
