import type { StoredEvent } from "@aethyr/event-store";
import type { RecordedEvent } from "@aethyr/kernel";

/** An event without what it changed: what, when, who, why, which story. */
export type EventNote = Omit<RecordedEvent, "data">;

/** Without what only the store's own readers need. */
export function recorded({ bytes: _, ...event }: StoredEvent): RecordedEvent {
  return event;
}

export function withoutData({ bytes: _, data: __, ...event }: StoredEvent): EventNote {
  return event;
}
