import { refusalByBus, type Peers } from "@aethyr/bus";
import { decodeReply, encodeReply, refusalOf, refused, type Payload, type Reply } from "@aethyr/protocol";
import { z } from "zod";
import type { ActorHost } from "../host.ts";
import type { AskOwner } from "./asking-owner.ts";
import { encodeOnBehalf, parseOnBehalf } from "./request.ts";

/** The sender's other commands to the same target wait for as long. */
const timeoutMs = 5_000;

/** Reaches other hosts over the bus. */
export const askOwnerOver =
  (peers: Peers): AskOwner =>
  async (asked) => {
    const { id } = asked.command;
    try {
      return decodeReply(await peers.askOwner(asked.contended, encodeOnBehalf(asked), { timeoutMs }));
    } catch (error) {
      // It was answered, in words that this host does not know.
      if (refusalOf(error) !== undefined) return refused(id, "outcome_unknown", "the other host's answer cannot be read");
      return refusalByBus(error, id);
    }
  };

/** Answers what other hosts ask over the bus: `Share.onQuestion`. */
export const answerPeers =
  ({ decideFor }: Pick<ActorHost, "decideFor">) =>
  async (question: Payload): Promise<Payload> => {
    let reply: Reply;
    try {
      reply = await decideFor(parseOnBehalf(question));
    } catch (error) {
      const refusal = error instanceof z.ZodError ? refused("", "invalid", z.prettifyError(error)) : refusalOf(error);
      if (refusal === undefined) throw error;
      reply = refusal;
    }
    return encodeReply(reply, "application/msgpack");
  };
