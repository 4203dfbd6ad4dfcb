import { pathOf } from "@aethyr/kernel";
import type { WatchedEvent } from "@aethyr/client";
import type { GatewayLog } from "../log.ts";

/**
 * Says of events that nothing here knows, a missing module's, that they are passed over: once for each kind of event, however many there are.
 * What they happened to stays in view as far as its other events tell; whatever is asked of it the host refuses, as it cannot read it.
 */
export function createUnreadableNotice(log: GatewayLog): (event: WatchedEvent) => void {
  const told = new Set<string>();
  return ({ stream, type, schema, position, unreadable }) => {
    const kind = `${stream.type}/${type}/${schema}`;
    if (told.has(kind)) return;
    told.add(kind);
    log.warn(
      { event: type, schema, first: pathOf(stream), position, reason: unreadable?.message },
      "players see nothing of an event that cannot be read: what it happened to is shown as its other events leave it, and takes no commands",
    );
  };
}
