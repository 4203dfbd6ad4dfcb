import { BusError, type Peers } from "@aethyr/bus";
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
      if (error instanceof BusError && error.code === "no_responders") return undefined;
      return refused(id, "outcome_unknown", `no answer: ${error instanceof Error ? error.message : String(error)}`);
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
