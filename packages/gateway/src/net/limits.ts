/** Bounds of what a listener takes and holds, of all its connections and of each. */
export type ConnectionLimits = {
  /** Connections at the same time, in all and of one address; of IPv6, a /64 network counts as one address. */
  readonly connections: number;
  readonly connectionsPerAddress: number;
  /** Characters of a line; a longer one is thrown away, with a word. */
  readonly lineLength: number;
  /** Lines that pass at once, before `linesPerSecond` holds: what a person pastes to log in. */
  readonly burstLines: number;
  readonly linesPerSecond: number;
  /** Lines that wait for their turn; what comes beyond them is dropped, with a word. */
  readonly waitingLines: number;
  /** Lines dropped, without all waiting ones having had their turn in between, that end the connection as `flooded`. */
  readonly droppedLines: number;
  /** As for lines, for messages of GMCP; these do not wait, and are dropped. */
  readonly burstMessages: number;
  readonly messagesPerSecond: number;
  /** Beyond these, bytes are left to wait in the network. */
  readonly burstBytes: number;
  readonly bytesPerSecond: number;
  /** Bytes of output that wait for a slow reader; with more, the connection ends as `too_slow`. */
  readonly backlogBytes: number;
  /** Output that waits ends the connection when none of it was taken for so long. */
  readonly stallMs: number;
  /** Whoever was silent for `idleMs` is asked for a sign of life; whoever gives none for `answerMs` is `lost`. */
  readonly idleMs: number;
  readonly answerMs: number;
  /** So long a connection that is closed here may take to read its last text. */
  readonly closeMs: number;
};

export const defaultConnectionLimits: ConnectionLimits = {
  connections: 5_000,
  connectionsPerAddress: 50,
  lineLength: 1_000,
  burstLines: 50,
  linesPerSecond: 10,
  waitingLines: 200,
  droppedLines: 1_000,
  burstMessages: 100,
  messagesPerSecond: 20,
  burstBytes: 4 * 1_024 * 1_024,
  bytesPerSecond: 1_024 * 1_024,
  backlogBytes: 256 * 1_024,
  stallMs: 60_000,
  idleMs: 60_000,
  answerMs: 60_000,
  closeMs: 2_000,
};
