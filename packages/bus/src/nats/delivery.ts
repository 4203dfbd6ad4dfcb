import { encodeReply, headers as names, MalformedMessageError, refusalOf, type Payload } from "@aethyr/protocol";
import type { CommandMessage, Delivery } from "../bus.ts";
import type { Link } from "./connection.ts";
import { commandOf, headersOf, type Received } from "./messages.ts";
import { checkSize } from "./nats-errors.ts";

/** A delivery whose handler is called apart from the connection's own work; what it throws is made loud and hurts nobody else. */
export function deliver(handler: (delivery: Delivery) => void, delivery: Delivery): void {
  try {
    handler(delivery);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

/** Sends the first reply to whoever waits for it. */
export function responder(link: Link, replyTo: string | undefined): (reply: Payload) => void {
  let replied = false;
  return (reply) => {
    checkSize(reply.bytes, link.maxBytes);
    if (replied || !isInbox(replyTo) || !link.isOpen()) return;
    replied = true;
    link.nats.publish(replyTo, reply.bytes, { headers: headersOf({ [names.contentType]: reply.contentType }) });
  };
}

/** A server ends the connection of whoever publishes to a subject that is too long for it. */
const longestInbox = 256;

/**
 * A sender names where its reply goes, but a host may publish where senders may not: only inboxes are answered, and what the server puts in
 * place of the inbox of a sender in another account.
 */
export const isInbox = (subject: string | undefined): subject is string =>
  subject !== undefined && subject.length <= longestInbox && /^(_INBOX[A-Za-z0-9_-]*|_R_)\.[^\s*>]+$/.test(subject);

/** The command of a message. One that is none is handed to `refused`, once its sender is told so. */
export function readOrRefuse(
  message: Received,
  respond: (reply: Payload) => void,
  refused: (error: MalformedMessageError) => void,
): CommandMessage | undefined {
  try {
    return commandOf(message);
  } catch (error) {
    if (!(error instanceof MalformedMessageError)) throw error;
    const refusal = refusalOf(error);
    if (refusal !== undefined) respond(encodeReply(refusal, "application/json"));
    refused(error);
    return undefined;
  }
}
