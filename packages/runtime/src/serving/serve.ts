import type { CommandLanes, Delivery, Share, Subscription } from "@aethyr/bus";
import { encodeReply, parseCommand, refusalOf, retryable, type CommandEnvelope, type Refused, type Reply } from "@aethyr/protocol";
import type { ActorHost } from "../host.ts";
import { createInOrder, type Taken } from "./in-order.ts";
import { answerPeers } from "../on-behalf/over-the-bus.ts";
import type { Log } from "../ports.ts";

export type ServeParts = {
  readonly host: ActorHost;
  readonly bus: CommandLanes;
  readonly log: Log;
  /** The partition that is served; without it all of the world. */
  readonly share?: Share;
  /** Bytes that a command may have; default 64 KiB. */
  readonly maxCommandBytes?: number;
};

const putAsideAttempts = 3;

/**
 * Lets a host take the commands of both lanes of a bus. A command of the queue lane is acknowledged only when it is dealt with: committed,
 * or refused for good; bytes that are no command are answered and put aside, and so is a command that a rule failed on. One that the host can
 * do nothing about now is tried again, before all that came after it for its aggregate, as long as the subscription lasts; then it is left to the
 * lane.
 */
export async function serveCommands({ host, bus, log, share, maxCommandBytes }: ServeParts): Promise<Subscription> {
  async function take(delivery: Delivery): Promise<Taken> {
    const command = read(delivery);
    const reply =
      "refused" in command
        ? command.refused
        : await host.submit(command.envelope, { persistent: delivery.lane === "queue", again: delivery.again === true });
    if (delivery.lane === "queue" && retryable.has(reply.code)) return "left";
    respond(delivery, reply);
    const unreadable = "refused" in command && delivery.lane === "queue";
    // What is final cannot be tried again.
    if (reply.code !== "accepted" && !reply.final && (reply.code === "internal" || unreadable)) await putAside(delivery, reply.message);
    delivery.acknowledge();
    return "done";
  }

  /** Never rejects: what fails in a way that nobody thought of is not tried again, and the lane keeps it. */
  const taken = (delivery: Delivery): Promise<Taken> =>
    take(delivery).catch((error: unknown) => {
      log.error({ command: delivery.id, err: error }, "a command was left to its lane");
      return "done";
    });

  function read(delivery: Delivery): { readonly envelope: CommandEnvelope } | { readonly refused: Refused } {
    try {
      return { envelope: parseCommand(delivery, maxCommandBytes === undefined ? {} : { maxBytes: maxCommandBytes }) };
    } catch (error) {
      const refused = refusalOf(error, delivery.id);
      if (refused === undefined) throw error;
      return { refused };
    }
  }

  function respond(delivery: Delivery, reply: Reply): void {
    try {
      delivery.respond(encodeReply(reply, delivery.contentType));
    } catch (error) {
      // The command is decided; its sender will ask again under the same id.
      log.warn({ command: delivery.id, err: error }, "the reply could not be sent");
    }
  }

  /**
   * Tries a few times. What cannot be put aside is acknowledged all the same: it is answered, and would fail again in the same way, while a
   * lane that hands it out for ever has room for fewer and fewer others. That loses a dead letter, so the log says which.
   */
  async function putAside({ id, target, bytes, contentType, attempt }: Delivery, reason: string): Promise<void> {
    for (let left = putAsideAttempts; ; left -= 1) {
      try {
        await bus.deadLetter({ id, target, bytes, contentType, reason, attempts: attempt });
        host.metrics.deadLettered();
        return;
      } catch (error) {
        if (left > 1) continue;
        log.error({ command: id, target, reason, bytes: bytes.byteLength, err: error }, "a command could not be put aside: it is lost");
        return;
      }
    }
  }

  const queue = createInOrder(taken);
  const subscription = await bus.serve(
    (delivery) => {
      if (delivery.lane === "queue") queue.take(delivery);
      else void taken(delivery);
    },
    share && {
      ...share,
      onQuestion: answerPeers(host),
      onLost() {
        queue.close();
        share.onLost?.();
      },
    },
  );
  return {
    close() {
      queue.close();
      return subscription.close();
    },
  };
}
