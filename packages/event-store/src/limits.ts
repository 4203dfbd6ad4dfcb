/** What every adapter takes at most; anything larger is a `LimitExceededError` and changes nothing. */
export const limits = {
  /** Events in one call of `append`. */
  eventsPerAppend: 512,
  /** Writes and asserts together in one commit. */
  streamsPerCommit: 256,
  /** Bytes of one stored event, envelope included; also of a recorded outcome. */
  eventBytes: 256 * 1024,
  /** Events or names in one page of a read. */
  page: 1000,
  /** UTF-16 units of a command id, so that it fits a key of any engine. A longer one is an `InvalidRequestError`. */
  commandIdLength: 128,
} as const;

/** A stream longer than this deserves a look (a warning, never a cut). */
export const longStreamVersion = 10_000;
