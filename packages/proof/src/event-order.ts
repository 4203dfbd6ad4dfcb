import { printableKey } from "./bytes.ts";
import { isOfEvents, parseEventKey } from "./event-key.ts";
import type { RawEntry } from "./transaction.ts";
import { refuse, type Refusal } from "./verdict.ts";

/** Looks at the events of a log, one after another. */
export type EventOrder = {
  /** What is wrong with an entry, if it is of an event. */
  readonly check: (entry: RawEntry) => Refusal | undefined;
};

/**
 * Hashes only say that nothing was changed afterwards. This says that nothing was written which changes what a reader finds: an event's key a second time, a
 * version left out, an entry that expires, is deleted or points elsewhere. It remembers the newest version of every stream. Where it does
 * not see the log from its first transaction, a stream may begin at any version.
 */
export function createEventOrder(fromTheStart: boolean): EventOrder {
  const versions = new Map<string, number>();

  function check(entry: RawEntry): Refusal | undefined {
    const { key, metadata, value } = entry;
    if (!isOfEvents(key)) return undefined;
    if (metadata.length > 0)
      return refuse("event_entry", `${printableKey(key)} was written so that it is deleted, expires or is not indexed`);
    if (value[0] !== 0) return refuse("event_entry", `${printableKey(key)} holds no event: it refers to another entry`);
    const parsed = parseEventKey(key);
    if (parsed === undefined) return refuse("event_entry", `${printableKey(key)} is not the key of an event`);
    const { aggregate, version } = parsed;
    const newest = versions.get(aggregate) ?? (fromTheStart ? 0 : version - 1);
    if (version !== newest + 1)
      return version <= newest
        ? refuse("event_order", `${printableKey(key)} is written a second time: ${aggregate} was at version ${newest}`)
        : refuse("event_order", `${printableKey(key)} comes after version ${newest} of ${aggregate}`);
    versions.set(aggregate, version);
    return undefined;
  }

  return { check };
}
