import { encodeReply, headers as names, refused, type Payload } from "@aethyr/protocol";
import { headers, type Msg, type MsgHdrs, type Subscription as NatsSubscription } from "@nats-io/transport-node";
import { isInbox } from "./delivery.ts";
import type { Link } from "./connection.ts";
import { headersSize } from "./messages.ts";

/** Requests that may be on their way at once; past it the oldest's sender waits for its own time limit where nobody is there. */
const mostOnTheWay = 8_192;

/** For the first line of the headers. */
const someRoom = 64;

const noBytes = new Uint8Array();

/**
 * Publishes a request again, on its owner's subject. The owner answers the sender itself. That nobody is there NATS tells only to who
 * published, so we tell it to the sender.
 */
export function createPassingOn(link: Link): (message: Msg, subject: string, respond: (reply: Payload) => void) => void {
  /** Inboxes of senders, by the last token of where NATS would tell us that nobody is there. */
  const senders = new Map<string, string>();
  const inbox = link.inbox();
  let told: NatsSubscription | undefined;
  let next = 0;

  const listen = (): NatsSubscription =>
    link.nats.subscribe(`${inbox}.*`, {
      callback: (error, message) => {
        const token = message.subject.slice(inbox.length + 1);
        const sender = senders.get(token);
        if (error !== null || sender === undefined || message.headers?.code !== 503) return;
        senders.delete(token);
        if (link.isOpen()) link.nats.publish(sender, noBytes, { headers: headers(503, "No Responders") });
      },
    });

  const onTheWay = (sender: string): string => {
    told ??= listen();
    const [oldest] = senders.keys();
    if (oldest !== undefined && senders.size >= mostOnTheWay) senders.delete(oldest);
    next += 1;
    senders.set(String(next), sender);
    return `${inbox}.${next}`;
  };

  return (message, subject, respond) => {
    if (!link.isOpen()) return;
    const sender = isInbox(message.reply) ? message.reply : undefined;
    const marked = markedHeaders(message, sender);
    const size = message.data.byteLength + headersSize(marked) + someRoom;
    const most = link.nats.info?.max_payload ?? link.maxBytes;
    if (size > most) {
      respond(encodeReply(refused("", "too_large", `${size} bytes with headers are over the limit of ${most}`), "application/json"));
      return;
    }
    link.nats.publish(subject, message.data, { headers: marked, ...(sender === undefined ? {} : { reply: onTheWay(sender) }) });
  };
}

/** What the owner reads of a command. */
const known = [names.messageId, names.commandId, names.contentType, names.again];

/**
 * Headers of our own, with what is known of the sender's. What a sender writes may be an order to the server, such as to put a trace of the
 * message somewhere, and would be given with our rights instead of its own.
 */
function markedHeaders(message: Msg, sender: string | undefined): MsgHdrs {
  const marked = headers();
  for (const name of known) {
    const value = message.headers?.get(name);
    if (value !== undefined && value !== "") marked.set(name, value);
  }
  marked.set(names.passedOn, "1");
  if (sender !== undefined) marked.set(names.replyTo, sender);
  return marked;
}
