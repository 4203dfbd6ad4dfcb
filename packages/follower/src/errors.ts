import { AethyrError } from "@aethyr/kernel";

/** The event feed claims events that the store does not have: they are of different worlds, or the log was put back to an older state while running. */
export class FeedAstrayError extends AethyrError {
  constructor(position: number) {
    super("feed_astray", `the event feed has events after position ${position} that the log does not have: restart the world`, {
      position,
    });
  }
}
