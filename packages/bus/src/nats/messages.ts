import { randomUUID } from "node:crypto";
import { contentTypeOf, decode, headers as names, MalformedMessageError, parseSubject, type Payload } from "@aethyr/protocol";
import type { StoredMsg } from "@nats-io/jetstream";
import { headers, type MsgHdrs } from "@nats-io/transport-node";
import { ref } from "@aethyr/kernel";
import type { CommandMessage, DeadLetter, FeedEvent, KeptLetter } from "../bus.ts";
import { unreadableId } from "../dead-letter.ts";

/** What a message of a stream and one of a subscription have in common. */
export type Received = { readonly subject: string; readonly data: Uint8Array; readonly headers?: MsgHdrs | undefined };

export function headersOf(values: Readonly<Record<string, string>>): MsgHdrs {
  const made = headers();
  for (const [name, value] of Object.entries(values)) made.set(name, value);
  return made;
}

export const commandHeaders = (message: CommandMessage, replyTo?: string): MsgHdrs =>
  headersOf({
    [names.messageId]: message.id,
    [names.contentType]: message.contentType,
    ...(message.again && { [names.again]: "1" }),
    ...(replyTo === undefined ? {} : { [names.replyTo]: replyTo }),
  });

/**
 * Of a dead letter that is sent again: a stream that remembers its id would take it for a repeat. Letters of a stream that was made again are
 * counted from the beginning, so its number alone is not enough.
 */
export const resentHeaders = (letter: KeptLetter, stream: string): MsgHdrs =>
  headersOf({
    [names.messageId]: `retry:${stream}:${letter.number}:${letter.at}`,
    [names.commandId]: letter.id,
    [names.contentType]: letter.contentType,
  });

/** Bytes of headers as they are sent, but for their first line. */
export function headersSize(all: MsgHdrs): number {
  let size = 0;
  for (const [name, values] of all) for (const value of values) size += Buffer.byteLength(name) + Buffer.byteLength(value) + 4;
  return size;
}

/** Throws `MalformedMessageError` for headers that cannot be read: another client may send any bytes for them. */
function header(message: Received, name: string): string | undefined {
  let all: MsgHdrs | undefined;
  try {
    all = message.headers;
  } catch (cause) {
    throw new MalformedMessageError("the headers cannot be read", { subject: message.subject.slice(0, 200) }, { cause });
  }
  return all?.get(name) || undefined;
}

/** What `read` makes of a message; undefined for one that is none of ours. */
export function ifOurs<T>(message: Received, read: (message: Received) => T): T | undefined {
  try {
    return read(message);
  } catch (error) {
    if (error instanceof MalformedMessageError) return undefined;
    throw error;
  }
}

export const payloadOf = (message: Received): Payload => ({
  bytes: message.data,
  contentType: contentTypeOf(header(message, names.contentType)),
});

export const replyToOf = (message: Received): string | undefined => ifOurs(message, (the) => header(the, names.replyTo));

/** Whether another host has passed it on. */
export const isPassedOn = (message: Received): boolean => ifOurs(message, (the) => header(the, names.passedOn)) === "1";

/** Reads a command. Throws `MalformedMessageError` for a subject that names no aggregate or an unknown content type. */
export function commandOf(message: Received): CommandMessage {
  const subject = parseSubject(message.subject);
  if (subject === undefined)
    throw new MalformedMessageError("the subject names no aggregate: send to <lane>.<world>.<type>.<id>", {
      subject: message.subject.slice(0, 200),
    });
  const payload = payloadOf(message);
  const id = header(message, names.commandId) ?? header(message, names.messageId) ?? idWithin(payload);
  return { ...payload, target: subject.target, id, ...(header(message, names.again) === "1" && { again: true }) };
}

/** A command typed by hand has no headers: its id stands only in itself. One that cannot be read is the host's to refuse. */
function idWithin(payload: Payload): string {
  try {
    const value = decode(payload.bytes, payload.contentType);
    return typeof value === "object" && value !== null && "id" in value && typeof value.id === "string" ? value.id : "";
  } catch (error) {
    if (error instanceof MalformedMessageError) return "";
    throw error;
  }
}

export const eventIdOf = ({ stream, version }: FeedEvent): string => `${stream.type}/${stream.id}@${version}`;

export const eventHeaders = (event: FeedEvent): MsgHdrs =>
  headersOf({
    [names.messageId]: eventIdOf(event),
    [names.contentType]: "application/json",
    [names.position]: String(event.position),
    [names.previous]: String(event.previous),
    [names.eventType]: event.type,
    [names.version]: String(event.version),
  });

/** Reads a message of the feed. Throws `MalformedMessageError` for one that is none of ours. */
export function eventOf(message: Received): FeedEvent {
  const subject = parseSubject(message.subject);
  const type = header(message, names.eventType);
  if (subject === undefined || type === undefined)
    throw new MalformedMessageError(`a message of the feed is no event`, { subject: message.subject.slice(0, 200) });
  return { ...placeOf(message), stream: subject.target, version: numberIn(message, names.version), type, bytes: message.data };
}

const placeOf = (message: Received): { readonly position: number; readonly previous: number } => ({
  position: numberIn(message, names.position),
  previous: numberIn(message, names.previous),
});

/**
 * Each time that a command is put aside is a letter of its own: under the command's id the stream would take the letter of one that was sent
 * again, and failed again, for a repeat of the first, which is gone by then.
 */
export const letterHeaders = (letter: DeadLetter): MsgHdrs =>
  headersOf({
    [names.messageId]: `letter:${randomUUID()}`,
    [names.commandId]: letter.id,
    [names.contentType]: letter.contentType,
    [names.reason]: letter.reason,
    [names.attempts]: String(letter.attempts),
    ...(letter.cut === undefined ? {} : { [names.cut]: String(letter.cut) }),
  });

export const letterOf = (message: Received): DeadLetter => ({
  ...commandOf(message),
  reason: header(message, names.reason) ?? "",
  attempts: numberIn(message, names.attempts),
  ...(header(message, names.cut) === undefined ? {} : { cut: numberIn(message, names.cut) }),
});

/** The letter for a message that is no command: its bytes, under whatever can be said of it. */
export function letterOfUnreadable(message: Received, error: MalformedMessageError, attempts: number): DeadLetter {
  const id = ifOurs(message, (the) => header(the, names.messageId)) ?? "";
  const unreadable = unreadableId(message.subject, message.data);
  return {
    id,
    target: parseSubject(message.subject)?.target ?? ref("unreadable", unreadable),
    bytes: message.data,
    contentType: "application/json",
    reason: `${error.message} ${JSON.stringify(error.details)}`,
    attempts,
  };
}

export const received = (stored: StoredMsg): Received => ({
  subject: stored.subject,
  data: stored.data,
  // Only when asked for: headers that cannot be read throw.
  get headers() {
    return stored.header;
  },
});

function numberIn(message: Received, name: string): number {
  const text = header(message, name);
  const value = text === undefined ? Number.NaN : Number(text);
  if (!Number.isSafeInteger(value))
    throw new MalformedMessageError(`the header ${name} is no number`, { subject: message.subject.slice(0, 200) });
  return value;
}
