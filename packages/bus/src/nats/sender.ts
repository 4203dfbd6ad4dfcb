import { unlessAborted } from "@aethyr/async";
import { defaultMaxCommandBytes, partitionedSubjectOf, partitionOf, subjectOf, type Payload } from "@aethyr/protocol";
import type { Subscription as NatsSubscription } from "@nats-io/transport-node";
import type { CommandLanes, CommandMessage } from "../bus.ts";
import { BusUnavailableError, NoRespondersError } from "../errors.ts";
import type { Link } from "./connection.ts";
import { createCounted } from "./counted.ts";
import { commandHeaders, payloadOf } from "./messages.ts";
import { checkSize, isNoResponders, toBusError } from "./nats-errors.ts";

const defaultTimeoutMs = 5_000;
/** Replies that may be awaited at once; past it the oldest is given up, for a command may never be answered. */
const maxAwaited = 65_536;
/** Commands that may be on their way at once, before the server or a host has said anything; more are refused, so that memory has bounds. */
const mostOnTheWay = 8_192;

/**
 * The sending side of both lanes. A request goes to the partition's owner straight away where the number of partitions is known, else the
 * server or any host finds the partition.
 */
export function createSender(link: Link, world: string, partitions: number | undefined): Pick<CommandLanes, "enqueue" | "request"> {
  const awaited = new Map<string, (reply: Payload) => void>();
  const inbox = link.inbox();
  let replies: NatsSubscription | undefined;
  const counted = createCounted(mostOnTheWay, "commands");
  let next = 0;

  const awaitReply = (onReply: (reply: Payload) => void): string => {
    replies ??= link.nats.subscribe(`${inbox}.*`, {
      callback: (error, message) => {
        const take = awaited.get(message.subject);
        if (error !== null || take === undefined) return;
        awaited.delete(message.subject);
        if (link.isOpen()) take(payloadOf(message));
      },
    });
    const [oldest] = awaited.keys();
    if (oldest !== undefined && awaited.size >= maxAwaited) awaited.delete(oldest);
    next += 1;
    const subject = `${inbox}.${next}`;
    awaited.set(subject, onReply);
    return subject;
  };

  return {
    enqueue: (message, { onReply } = {}) =>
      link.call("keep the command", async () => {
        checkSize(message.bytes, Math.min(link.maxBytes, defaultMaxCommandBytes));
        const subject = subjectOf("queue", world, message.target);
        const replyTo = onReply && awaitReply(onReply);
        try {
          const headers = commandHeaders(message, replyTo);
          const { duplicate } = await counted(() => link.stream.publish(subject, message.bytes, { headers }));
          // The one that is kept names the inbox of its own sender.
          if (duplicate && replyTo !== undefined) awaited.delete(replyTo);
        } catch (error) {
          const failure = toBusError(error, "keep the command", defaultTimeoutMs);
          // After a timeout it may be kept, and answered.
          if (replyTo !== undefined && failure.code !== "timeout") awaited.delete(replyTo);
          throw failure;
        }
      }),

    request: async (message: CommandMessage, { timeoutMs = defaultTimeoutMs, signal } = {}) => {
      link.assertOpen();
      checkSize(message.bytes, link.maxBytes);
      signal?.throwIfAborted();
      // The library would drop it when the server is back, after all the time that there is, and nobody could say that it was never sent.
      if (!link.isConnected()) throw new BusUnavailableError("NATS is away at the moment: nothing was sent");
      const { target } = message;
      const subject =
        partitions === undefined
          ? subjectOf("request", world, target)
          : partitionedSubjectOf("request", world, partitionOf(target, partitions), target);
      try {
        const headers = commandHeaders(message);
        const call = counted(() => link.nats.request(subject, message.bytes, { timeout: timeoutMs, headers }));
        return payloadOf(await link.untilClosed(unlessAborted(call, signal)));
      } catch (error) {
        if (signal?.aborted === true && error === signal.reason) throw error;
        if (isNoResponders(error)) throw new NoRespondersError({ id: message.id });
        throw toBusError(error, "send the request", timeoutMs);
      }
    },
  };
}
