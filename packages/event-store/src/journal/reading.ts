import { pathOf, refOf, type Ref, type Snapshot } from "@aethyr/kernel";
import { decodeEvent, encodeEvent } from "../encoding.ts";
import { StoreError, UnavailableError } from "../errors.ts";
import type { EventStore, RecordedOutcome, StoredEvent, StreamHead } from "../event-store.ts";
import { checkCommandId, checkStream } from "../prepare.ts";
import { checkLimit, pageOf } from "../read-options.ts";
import type { Freshness } from "./freshness.ts";
import type { Known } from "./known.ts";
import type { PendingEntries, Tail } from "./pending-entries.ts";
import type { Presence } from "./presence.ts";

type Parts = {
  readonly primary: EventStore;
  readonly known: Known;
  readonly pending: PendingEntries;
  readonly presence: Presence;
  readonly freshness: Freshness;
};

type Reading = Pick<EventStore, "readStream" | "heads" | "listStreams" | "outcomes" | "loadSnapshot" | "saveSnapshot">;

/**
 * Reads of the log with what the journal has beyond it. What only the log can tell is asked of the log, and is `unavailable` with it; `readAll`,
 * `head` and `statistics` are of the log alone.
 */
export function createReading({ primary, known, pending, presence, freshness }: Parts): Reading {
  async function asked<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof StoreError && error.code === "unavailable") presence.left(error);
      throw error;
    }
  }

  return {
    async readStream(stream, options) {
      const page = pageOf(stream, options);
      const { path, low, high, backward, limit } = page;
      const tail = pending.tail(path);
      if (tail === undefined) {
        const head = known.head(path);
        // The end of what is live here.
        if (presence.isAway() && head !== undefined && low > head.version && !backward) return [];
        return asked(primary.readStream(stream, options));
      }
      // Taken at once: what is in the journal now may be in the log, or nowhere, when the log has answered.
      const late = eventsOf(tail, stream, low, high);
      const proven = async (left: number): Promise<readonly StoredEvent[]> => {
        const to = Math.min(high, tail.base);
        if (low > to || left === 0) return [];
        const range = backward ? ({ direction: "backward", from: to, to: low } as const) : { from: low, to };
        return asked(primary.readStream(stream, { ...range, limit: left }));
      };
      if (backward) {
        const first = late.reverse().slice(0, limit);
        return [...first, ...(await proven(limit - first.length))];
      }
      const first = await proven(limit);
      return [...first, ...late].slice(0, limit);
    },

    async heads(streams) {
      const paths = streams.map(checkStream);
      const journaled = paths.map((path) => pending.head(path));
      const others = [...new Set(paths.filter((_, index) => journaled[index] === undefined))];
      const found = new Map<string, StreamHead>();
      // Nobody else writes the log: where it is away, what this process knows of it is where it stands.
      const here = presence.isAway() ? others.map((path) => known.head(path)) : [];
      if (here.length > 0 && here.every((head) => head !== undefined)) {
        for (const [index, path] of others.entries()) found.set(path, here[index]!);
      } else if (others.length > 0) {
        const heads = await asked(primary.heads(others.map(refOf)));
        for (const [index, path] of others.entries()) {
          found.set(path, heads[index]!);
          known.learnHead(path, heads[index]!);
        }
      }
      return paths.map((path, index) => {
        const { version, ended } = journaled[index] ?? found.get(path)!;
        return { version, ended };
      });
    },

    async listStreams({ type, after = "", limit } = {}) {
      const count = checkLimit(limit);
      const begun = pending.begun().filter((path) => path > after && (type === undefined || path.startsWith(`${type}/`)));
      const listed = await asked(primary.listStreams({ ...(type !== undefined && { type }), after, limit: count }));
      if (begun.length === 0) return listed;
      const paths = new Set([...listed.map(pathOf), ...begun]);
      return [...paths].sort().slice(0, count).map(refOf);
    },

    async outcomes(commandIds) {
      const here = commandIds.map((id): RecordedOutcome | undefined => {
        const journaled = pending.outcome(checkCommandId(id));
        return journaled ? { outcome: journaled.outcome, position: 0, provisional: true } : known.recorded(id);
      });
      const others = commandIds.filter((_, index) => here[index] === undefined);
      if (others.length === 0) return here;
      // So a rejection can be told while the log is away: the command has never taken effect.
      if (presence.isAway() && !others.some(known.isOpen) && (await freshness.fresh(others)).size === new Set(others).size) return here;
      const found = await asked(primary.outcomes(others));
      let next = 0;
      return here.map((outcome) => outcome ?? found[next++]);
    },

    loadSnapshot(stream, atOrBefore) {
      // Whoever else wrote the log may have brought the stream further, another way than the journal.
      const base = pending.tail(checkStream(stream))?.base;
      return asked(primary.loadSnapshot(stream, base === undefined ? atOrBefore : Math.min(base, atOrBefore ?? base)));
    },

    async saveSnapshot(snapshot: Snapshot) {
      const base = pending.tail(checkStream(snapshot.stream))?.base;
      if (base !== undefined && snapshot.version > base)
        throw new UnavailableError(`${pathOf(snapshot.stream)} is provisional beyond version ${base}: no snapshot of it is saved`);
      return asked(primary.saveSnapshot(snapshot));
    },
  };
}

/** The journaled events of a stream between two versions, both inclusive. */
function eventsOf({ writes }: Tail, stream: Ref, low: number, high: number): StoredEvent[] {
  return writes.flatMap(({ expected, events }) =>
    events.flatMap((event, index) => {
      const version = expected + index + 1;
      return version < low || version > high ? [] : [decodeEvent(encodeEvent(stream, version, event), 0)];
    }),
  );
}
