import { randomUUIDv7 } from "node:crypto";
import type { CommandLanes } from "@aethyr/bus";
import type { Json, Ref } from "@aethyr/kernel";
import { decodeReply, encodeCommand, protocolVersion, type CommandEnvelope, type Reply } from "@aethyr/protocol";
import type { AcceptedCommand } from "../history/check-history.ts";
import { createReplyLog } from "./reply-log.ts";

const timeoutMs = 60_000;

/** A command of a benchmark was not accepted: what was measured is not what was meant. */
export class RefusedError extends Error {
  readonly code = "refused";
}

/** Who sends commands and waits for the replies, over the request lane, in msgpack. */
export type Client = {
  /** Rejects with `RefusedError` for any reply but `accepted`. */
  send(type: string, target: Ref, data: Json): Promise<void>;
  /** The reply, whatever it is. */
  request(command: CommandEnvelope): Promise<Reply>;
  /** What was accepted so far, for the history check. */
  accepted(): readonly AcceptedCommand[];
};

export const envelopeOf = (type: string, target: Ref, data: Json): CommandEnvelope => ({
  v: protocolVersion,
  id: randomUUIDv7(),
  type,
  target,
  data,
  actor: "bench",
});

export function createClient(bus: CommandLanes): Client {
  const replies = createReplyLog("application/msgpack");

  async function request(command: CommandEnvelope): Promise<Reply> {
    const payload = encodeCommand(command, "application/msgpack");
    const answer = await bus.request({ ...payload, id: command.id, target: command.target }, { timeoutMs });
    replies.keep(answer);
    return decodeReply(answer);
  }

  return {
    accepted: replies.accepted,
    request,
    async send(type, target, data) {
      const reply = await request(envelopeOf(type, target, data));
      if (reply.code !== "accepted")
        throw new RefusedError(`${type} to ${target.type}/${target.id} was answered ${reply.code}: ${reply.message}`);
    },
  };
}
