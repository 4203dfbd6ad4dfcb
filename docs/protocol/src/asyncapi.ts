import { CommandEnvelope, headers, protocolVersion, Reply } from "@aethyr/protocol";
import { z } from "zod";
import { Event } from "./event-schema.ts";

type Json = { readonly [key: string]: unknown };

/** Schema of a payload in the dialect of AsyncAPI. What may be any JSON value is any value. */
function schemaOf(schema: z.ZodType, title: string): Json {
  const {
    $schema: _,
    $defs: __,
    definitions: ___,
    ...rest
  } = z.toJSONSchema(schema, { target: "draft-7", unrepresentable: "any", io: "input" });
  const text = JSON.stringify({ title, ...rest }, (_key, value: unknown) =>
    typeof value === "object" && value !== null && "$ref" in value ? {} : value,
  );
  return JSON.parse(text) as Json;
}

const text = (description: string, more: Json = {}): Json => ({ type: "string", description, ...more });
const number = (description: string): Json => text(description, { pattern: "^(0|[1-9][0-9]*)$" });
const headersOf = (properties: Json, required: readonly string[] = []): Json => ({ type: "object", properties, required });
const at = (...path: readonly string[]): Json => ({ $ref: `#/${path.join("/")}` });

const contentType = text("How the body is written; JSON where absent", { enum: ["application/msgpack", "application/json"] });
const commandHeaders = {
  [headers.messageId]: text("The command's id, as in the envelope"),
  [headers.commandId]: text("The command's id, where Nats-Msg-Id is another: on one that is sent again"),
  [headers.again]: text("1: it was sent before, and that copy may still be on its way", { const: "1" }),
  [headers.contentType]: contentType,
};
const passedOn = text("A host passed it on, and nobody does so again", { const: "1" });

const messages: Json = {
  command: {
    title: "A command, and the reply to it",
    headers: headersOf({
      ...commandHeaders,
      [headers.passedOn]: passedOn,
      [headers.replyTo]: text("Subject of the sender's inbox, where a host passed it on"),
    }),
    payload: at("components", "schemas", "command"),
    examples: [
      {
        name: "AddRoomExit",
        payload: {
          v: protocolVersion,
          id: "0193a0b0-7c3e-7000-8000-000000000001",
          type: "AddRoomExit",
          target: { type: "room", id: "hall" },
          data: { direction: "north", targetRoomId: "attic" },
        },
      },
    ],
  },
  queuedCommand: {
    title: "A command that is kept until a host has dealt with it",
    headers: headersOf({ ...commandHeaders, [headers.replyTo]: text("Subject of an inbox of the sender, for the reply") }, [
      headers.messageId,
    ]),
    payload: at("components", "schemas", "command"),
  },
  reply: {
    title: "What became of a command",
    headers: headersOf({ [headers.contentType]: contentType }),
    payload: at("components", "schemas", "reply"),
    examples: [
      {
        name: "accepted",
        payload: {
          v: protocolVersion,
          command: "0193a0b0-7c3e-7000-8000-000000000001",
          code: "accepted",
          changed: [{ stream: { type: "room", id: "hall" }, version: 7 }],
          position: 7178,
        },
      },
      {
        name: "rejected",
        payload: {
          v: protocolVersion,
          command: "0193a0b0-7c3e-7000-8000-000000000001",
          code: "rejected",
          reason: "exit_taken",
          message: "there is an exit",
        },
      },
    ],
  },
  event: {
    title: "Something that happened: the exact bytes of the log",
    contentType: "application/json",
    headers: headersOf(
      {
        [headers.messageId]: text("`<type>/<id>@<version>`"),
        [headers.position]: number("Place in the whole log"),
        [headers.previous]: number("Position of the event before it in the log, 0 for the first"),
        [headers.eventType]: text("The event's type"),
        [headers.version]: number("Its place in its stream, from 1"),
        [headers.contentType]: text("Always JSON", { const: "application/json" }),
      },
      [headers.messageId, headers.position, headers.previous, headers.eventType, headers.version],
    ),
    payload: at("components", "schemas", "event"),
  },
  deadLetter: {
    title: "A command that no host could deal with: its bytes as they were sent",
    headers: headersOf({
      [headers.messageId]: text("Of the letter; never that of a command"),
      [headers.commandId]: text("The command's id"),
      [headers.contentType]: contentType,
      [headers.reason]: text("Why it was put aside"),
      [headers.attempts]: number("How often it was handed to a host"),
      [headers.cut]: number("How many bytes were cut off, where it was too large to be kept whole"),
    }),
    payload: {},
  },
  hint: {
    title: "The log's newest position, or a stream's version, in decimal digits; may be lost",
    contentType: "text/plain",
    payload: { type: "string", pattern: "^[1-9][0-9]{0,15}$" },
  },
};

const names = {
  world: { description: "1–32 characters of a–z 0–9 -" },
  type: { description: "Type of the aggregate; a dot in it is written %2E" },
  id: { description: "Id of the aggregate; a dot in it is written %2E" },
  partition: { description: "FNV-1a (32 bits) over type and id as they stand in the subject, modulo the world's number of partitions" },
};

function channel(address: string | null, title: string, message: string, description?: string): Json {
  const parameters = Object.fromEntries(Object.entries(names).filter(([name]) => address?.includes(`{${name}}`)));
  return {
    address,
    title,
    ...(description === undefined ? {} : { description }),
    ...(Object.keys(parameters).length === 0 ? {} : { parameters }),
    messages: { [message]: at("components", "messages", message) },
  };
}

const operation = (action: "send" | "receive", on: string, summary: string, reply?: Json): Json => ({
  action,
  channel: at("channels", on),
  summary,
  ...(reply === undefined ? {} : { reply }),
});

/** The protocol as an AsyncAPI document, from the side of a game node. `docs/protocol/README.md` says the rest. */
export const asyncapi = (): Json => ({
  asyncapi: "3.0.0",
  id: "urn:aethyr:protocol",
  info: {
    title: "Aethyr",
    version: `${protocolVersion}.0.0`,
    description: "Commands to a world, what becomes of them, and what happens in it, over NATS. From the side of a game node.",
    license: { name: "Apache-2.0" },
  },
  defaultContentType: "application/json",
  servers: {
    nats: { host: "127.0.0.1:4222", protocol: "nats", description: "A NATS server of the world", security: [{ type: "userPassword" }] },
  },
  channels: {
    request: channel(
      "req.{world}.{type}.{id}",
      "Request lane",
      "command",
      "NATS request–reply: the reply comes to the message's reply subject.",
    ),
    requestAtOwner: channel("req.{world}.{partition}.{type}.{id}", "Request lane, straight to the owner", "command"),
    queue: channel(
      "cmd.{world}.{type}.{id}",
      "Queue lane",
      "queuedCommand",
      "A subject of a JetStream stream: the publication is acknowledged by the server.",
    ),
    inbox: channel(null, "An inbox of the sender", "reply"),
    feed: channel("evt.{world}.{type}.{id}", "The feed", "event", "Kept by stream EVT_{world}; in the log's order."),
    deadLetters: channel("dlq.{world}.{type}.{id}", "Dead letters", "deadLetter", "Kept by stream DLQ_{world}; for operators."),
    hintOfHead: channel("hint.{world}.head", "The log has grown", "hint"),
    hintOfStream: channel("hint.{world}.stream.{type}.{id}", "A stream has grown", "hint"),
  },
  operations: {
    command: operation("send", "request", "Send a command and wait for what becomes of it", { channel: at("channels", "inbox") }),
    commandTheOwner: operation("send", "requestAtOwner", "The same, by who knows the partition", { channel: at("channels", "inbox") }),
    enqueue: operation("send", "queue", "Leave a command, also while no host is there", {
      channel: at("channels", "inbox"),
      address: { location: `$message.header#/${headers.replyTo}`, description: "Nobody is answered where it is absent" },
    }),
    follow: operation("receive", "feed", "Hear what happens"),
    hearOfHead: operation("receive", "hintOfHead", "Hear that there is more in the log"),
    hearOfStream: operation("receive", "hintOfStream", "Hear that there is more in a stream"),
  },
  components: {
    messages,
    schemas: {
      command: schemaOf(CommandEnvelope, "Command"),
      reply: schemaOf(Reply, "Reply"),
      event: schemaOf(Event, "Event"),
    },
  },
});
