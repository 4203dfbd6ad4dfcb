import { asJson, ref, type Json, type Ref } from "@aethyr/kernel";
import fc from "fast-check";
import { newEvent } from "../../contract/samples.ts";
import type { Commit, EventStore, StoredEvent } from "../../event-store.ts";
import { limits } from "../../limits.ts";
import { readLog } from "../../read-all.ts";

/** What one commit of a made-up history does. */
export type Deed = {
  readonly writes: readonly { readonly stream: number; readonly events: number; readonly ends: boolean }[];
  /** Recorded as a command, or not; several deeds may name the same command, of which at most the last is recorded. */
  readonly command: "own" | "none" | "shared" | "too-long";
  readonly outcome: Json;
};

/** Not every value of JSON: see `asJson`. */
function isStorable(value: unknown): boolean {
  try {
    return asJson(value) !== undefined;
  } catch {
    return false;
  }
}

const write = fc.record({ stream: fc.nat(7), events: fc.integer({ min: 1, max: 4 }), ends: fc.constantFrom(false, false, false, true) });

/** Histories of some streams, a few of which end, with commits over several of them, with and without commands. */
export const history: fc.Arbitrary<readonly Deed[]> = fc.array(
  fc.record({
    writes: fc.uniqueArray(write, { minLength: 1, maxLength: 4, selector: ({ stream }) => stream }),
    command: fc.constantFrom("own", "own", "own", "none", "shared", "too-long"),
    outcome: fc.jsonValue().filter(isStorable) as fc.Arbitrary<Json>,
  }),
  { maxLength: 40, size: "max" },
);

/** Makes a history happen. A write to a stream that has ended is left out. */
export async function enact(store: EventStore, deeds: readonly Deed[]): Promise<void> {
  let shared = "";
  for (const [index, { writes, command, outcome }] of deeds.entries()) {
    const id = idOf(command, index, shared);
    shared = command === "shared" ? id : "";
    const recorded = command === "own" || (command === "shared" && deeds[index + 1]?.command !== "shared");
    const heads = await store.heads(writes.map(({ stream }) => streamOf(stream)));
    const commit: Commit = {
      writes: writes
        .filter((_, at) => !heads[at]?.ended)
        .map(({ stream, events, ends }) => ({
          stream: streamOf(stream),
          expected: "any" as const,
          events: Array.from({ length: events }, (_, ordinal) => named(id, `${id.slice(0, 20)}/${index}/${ordinal}`)),
          ends,
        })),
      ...(recorded ? { command: { id, outcome } } : undefined),
    };
    if (commit.writes.length === 0) continue;
    const [result] = await store.append([commit]);
    if (!result?.ok) throw result?.error ?? new Error("the store answered nothing");
  }
}

function idOf(command: Deed["command"], index: number, shared: string): string {
  if (command === "too-long") return `${index}-${"x".repeat(limits.commandIdLength)}`;
  return command === "shared" && shared !== "" ? shared : `command-${index}`;
}

const streamOf = (index: number): Ref => ref(index % 2 === 0 ? "room" : "player", `s${index}`);

function named(command: string, id: string) {
  const event = newEvent("RoomDescriptionUpdated", { text: id });
  return { ...event, id, meta: { ...event.meta, command, correlation: command } };
}

/** All that a log tells, without the positions that are its engine's. */
export async function toldBy(store: EventStore) {
  const events: StoredEvent[] = [];
  for await (const event of readLog(store)) events.push(event);
  const streams = await store.listStreams();
  const ids = [...new Set(events.map(({ meta }) => meta.command))].filter((id) => id.length <= limits.commandIdLength);
  const found = await store.outcomes(ids);
  const placeOf = new Map(events.map(({ position }, index) => [position, index]));
  return {
    events: events.map(({ position: _position, bytes: _bytes, ...event }) => event),
    streams,
    heads: await store.heads(streams),
    outcomes: ids.map((id, index) => {
      const recorded = found[index];
      return [id, recorded && { outcome: recorded.outcome, event: placeOf.get(recorded.position) }] as const;
    }),
    byType: (await store.statistics()).event_types,
  };
}
