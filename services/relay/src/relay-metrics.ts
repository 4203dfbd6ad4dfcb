import type { EventFeed } from "@aethyr/bus";
import type { EventStore } from "@aethyr/event-store";
import { gauge } from "@aethyr/process";
import type { Relay } from "@aethyr/runtime";
import { Counter, type Registry } from "prom-client";

export type WatchedRelay = {
  readonly store: Pick<EventStore, "head" | "readAll">;
  /** While it is the one at work; undefined while another is, or it begins. */
  readonly atWork: () => Pick<Relay, "published"> | undefined;
  /** In milliseconds since 1970. */
  readonly now?: () => number;
};

/** How far the log is, and how far behind it the relay of this process; read when the metrics are. */
export function watchRelay(registry: Registry, { store, atWork, now = Date.now }: WatchedRelay): void {
  gauge(registry, "aethyr_log_position", "Position of the newest event of the log", () => store.head());
  gauge(registry, "aethyr_relay_leader", "1 while this relay is the one at work", () => (atWork() === undefined ? 0 : 1));
  gauge(
    registry,
    "aethyr_relay_position",
    "Position up to which this relay has published; 0 while it is not at work",
    () => atWork()?.published() ?? 0,
  );
  gauge(
    registry,
    "aethyr_relay_lag_seconds",
    "Age of the oldest event of the log that this relay has not published; 0 when there is none, or while it is not at work",
    async () => {
      const relay = atWork();
      if (relay === undefined) return 0;
      const [oldest] = await store.readAll(relay.published(), 1);
      // Published while it was read.
      if (oldest === undefined || oldest.position <= relay.published()) return 0;
      return Math.max(0, (now() - Date.parse(oldest.time)) / 1000);
    },
  );
}

/** The same feed; what is published on it is counted. */
export function countedFeed(registry: Registry, feed: EventFeed): EventFeed {
  const events = new Counter({
    name: "aethyr_relay_events_total",
    help: "Events that this relay has put on the feed",
    registers: [registry],
  });
  return {
    ...feed,
    async publish(page) {
      const newest = await feed.publish(page);
      events.inc(page.length);
      return newest;
    },
  };
}
