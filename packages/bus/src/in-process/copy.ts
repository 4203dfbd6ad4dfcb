import type { Payload } from "@aethyr/protocol";
import type { CommandMessage, FeedEvent } from "../bus.ts";
import { MessageTooLargeError } from "../errors.ts";

// What crosses the bus is never the sender's object: the receiver gets fields of its own and a view of its own onto the same bytes, which
// nobody may change once they are sent.

const view = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export const copyOfPayload = (the: Payload): Payload => ({ bytes: view(the.bytes), contentType: the.contentType });

export const copyOfMessage = (the: CommandMessage): CommandMessage => ({
  bytes: view(the.bytes),
  contentType: the.contentType,
  id: the.id,
  target: { type: the.target.type, id: the.target.id },
  ...(the.again && { again: the.again }),
});

export const copyOfEvent = (the: FeedEvent): FeedEvent => ({
  position: the.position,
  previous: the.previous,
  stream: { type: the.stream.type, id: the.stream.id },
  version: the.version,
  type: the.type,
  bytes: view(the.bytes),
});

export function checkSize(bytes: Uint8Array, limit: number): void {
  if (bytes.byteLength > limit) throw new MessageTooLargeError(limit, bytes.byteLength);
}
