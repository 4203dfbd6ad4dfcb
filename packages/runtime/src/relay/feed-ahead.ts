import { AethyrError } from "@aethyr/kernel";

/**
 * The event feed has events that the log does not have: the log is or was put back to an older copy, or is another world's. Going on would hide new events
 * behind those that followers have seen.
 */
export class FeedAheadOfLogError extends AethyrError {
  /** `newest` is the position of the feed's newest event, `head` that of the log's; `other`: the log has another event than the feed's there, or none. */
  constructor(newest: number, head: number, other = false) {
    super(
      "feed_ahead_of_log",
      `the feed ends at position ${newest}${other ? " with an event that the log does not have there" : `, the log at ${head}`}: bring back the log that the feed was made from, or begin a new feed`,
      { newest, head },
    );
  }
}
