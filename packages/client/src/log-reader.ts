import type { EventStore } from "@aethyr/event-store";
import { aggregateViewOf, type Domain } from "@aethyr/kernel";
import { hydrate, silentLog, type Log } from "@aethyr/runtime";
import type { Reader } from "./ports.ts";

/** Answers from the log itself, through the charts: what was committed when the question arrived is in the answer, so any `atLeast` holds. */
export function createLogReader(parts: { readonly store: EventStore; readonly domain: Domain; readonly log?: Log }): Reader {
  const { store, domain, log = silentLog } = parts;
  return {
    async read(target) {
      const kind = domain.aggregates.get(target.type);
      if (kind === undefined) return undefined;
      const { instance } = await hydrate(store, kind, target, log);
      return instance.version === 0 ? undefined : aggregateViewOf(instance);
    },
  };
}
