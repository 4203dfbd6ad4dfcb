import type { FeedEnd } from "@aethyr/bus";
import type { EventStore } from "@aethyr/event-store";

/** Where a feed stood at one moment: the event at `position` was its message number `count`. */
export type RelayCheckpoint = { readonly position: number; readonly count: number };

/** Where relays of one feed keep how far it has come. It may be behind: what was published since is counted. */
export type RelayCheckpoints = {
  load(): Promise<RelayCheckpoint | undefined>;
  save(checkpoint: RelayCheckpoint): Promise<void>;
};

const pageEvents = 1_000;

/**
 * Position of the last event that was published on a feed which holds none any more: since the checkpoint every message was the next event of the
 * log. Undefined where that cannot be told: there is no checkpoint, or the feed was made anew since.
 */
export async function lastPublished(
  store: Pick<EventStore, "readAll">,
  { count }: FeedEnd,
  checkpoint: RelayCheckpoint | undefined,
): Promise<number | undefined> {
  if (checkpoint === undefined || count < checkpoint.count) return undefined;
  let { position } = checkpoint;
  for (let left = count - checkpoint.count; left > 0;) {
    const page = await store.readAll(position, Math.min(left, pageEvents));
    const last = page.at(-1)?.position;
    if (last === undefined) break;
    position = last;
    left -= page.length;
  }
  return position;
}
