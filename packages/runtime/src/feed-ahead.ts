import { AethyrError } from "@aethyr/kernel";

/**
 * The event feed has events that the log does not have: the log is an older copy, or another world's. Going on would hide new events
 * behind those that followers have seen.
 */
export class FeedAheadOfLogError extends AethyrError {
  constructor(newest: number, head: number) {
    super(
      "feed_ahead_of_log",
      `the feed ends at position ${newest}, the log at ${head}: bring back the log that the feed was made from, or begin a new feed`,
      { newest, head },
    );
  }
}
