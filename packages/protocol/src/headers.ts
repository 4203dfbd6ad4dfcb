/** Names of the headers of NATS messages, written exactly so. */
export const headers = {
  /** Id of the message: a command's id; for an event `<type>/<id>@<version>`. The server drops a repeat that it still remembers. */
  messageId: "Nats-Msg-Id",
  /** The command's id where `Nats-Msg-Id` is another: on a dead letter that is sent again, which a stream would take for a repeat. */
  commandId: "Cmd-Id",
  /** Commands: "1" where the sender has sent it before, so that a copy may still be on its way: see `Accepted.final`. */
  again: "Cmd-Again",
  /** Requests: passed on by a host that does not own the aggregate, so nobody passes it on again. */
  passedOn: "Req-Passed-On",
  /** `application/msgpack` or `application/json`; JSON where absent. */
  contentType: "content-type",
  /**
   * Subject to which the reply is published, an inbox of the sender. Queue lane: the message's own reply field belongs to the stream. Request
   * lane: on what a host passed on, whose own reply field tells that host that nobody is there.
   */
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
  /** Dead letters: how many bytes of it were cut off, where it was too large to be kept whole. */
  cut: "Dlq-Cut",
} as const;
