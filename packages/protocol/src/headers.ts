/** Names of the headers of NATS messages, written exactly so. */
export const headers = {
  /** Id of the message: a command's id; for an event `<type>/<id>@<version>`. The server drops a repeat that it still remembers. */
  messageId: "Nats-Msg-Id",
  /** `application/msgpack` or `application/json`; JSON where absent. */
  contentType: "content-type",
  /** Queue lane: subject to which the reply is published, an inbox of the sender. The message's own reply field belongs to the stream. */
  replyTo: "Cmd-Reply",
  /** Events: place in the whole log, a decimal number. */
  position: "Evt-Position",
  /** Events: position of the event before it in the log, 0 for the first. */
  previous: "Evt-Previous",
  /** Events: type, such as `RoomExitAdded`. */
  eventType: "Evt-Type",
  /** Events: place in its stream, from 1. */
  version: "Evt-Version",
  /** Dead letters: why no host could deal with it. */
  reason: "Dlq-Reason",
  /** Dead letters: how often it was handed out. */
  attempts: "Dlq-Attempts",
} as const;
