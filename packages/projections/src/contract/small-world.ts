import { randomUUID } from "node:crypto";
import { createInProcessBus, type FeedEvent, type InProcessBus } from "@aethyr/bus";
import { createMemoryEventStore, type EventStore, type StoredEvent } from "@aethyr/event-store";
import {
  events,
  refOf,
  upcast,
  versioned,
  type AggregateKind,
  type Catalogue,
  type Domain,
  type EventKind,
  type Json,
  type NewEvent,
} from "@aethyr/kernel";
import fc from "fast-check";
import { z } from "zod";
import { bigint, integer, nullable, projection, table, text, timestamp, type Projection } from "../index.ts";

export const thingEvents = events({
  ThingMade: z.object({ name: z.string(), holder: z.string().nullable() }),
  ThingMoved: z.object({ holder: z.string().nullable() }),
  ThingRenamed: versioned(2, z.object({ name: z.string() }), [upcast(1, 2, ({ title }: { title: string }) => ({ name: title }))]),
  ThingGone: z.object({}),
  ThingCursed: z.object({}),
});
/** Another aggregate, whose event has a name that a thing's event has. */
const ghostEvents = events({ ThingMade: z.object({ howl: z.string() }), GhostSeen: z.object({ by: z.string() }) });

const kindOf = (type: string, catalogue: Catalogue): AggregateKind => {
  const kinds = new Map(
    Object.entries(catalogue).map(([name, entry]): [string, EventKind] => [
      name,
      "upcasters" in entry ? entry : { version: 1, schema: entry, upcasters: () => undefined },
    ]),
  );
  // Projections look at the events of an aggregate, and at nothing else of it.
  return { type, version: 1, events: kinds } as unknown as AggregateKind;
};

/** A domain of things and ghosts; nobody decides anything in it. */
export const domain: Domain = {
  registrations: [],
  aggregates: new Map([
    ["thing", kindOf("thing", thingEvents.catalogue)],
    ["ghost", kindOf("ghost", ghostEvents.catalogue)],
  ]),
};

/** What a test changes of the projection. */
export type Twist = {
  readonly version?: number;
  /** Throws where the handlers of cursed things should fail. */
  readonly onCursed?: (id: string) => void;
  readonly migrations?: Projection["migrations"];
};

const tables = {
  things: table({
    columns: { id: text(), name: text(), holder: nullable(text()), moves: integer(), changed_at: timestamp() },
    key: ["id"],
    indexes: [["holder"]],
  }),
  thing_custody: table({
    columns: { thing_id: text(), since: bigint(), holder: text(), taken_at: timestamp(), until: nullable(bigint()), command: text() },
    key: ["thing_id", "since"],
    indexes: [["holder"]],
  }),
  event_counts: table({ columns: { event_type: text(), events: bigint() }, key: ["event_type"] }),
};

/** Things as they are, who held them, and how many events of each type the log has. */
export const things = ({ version = 1, onCursed = () => undefined, migrations = {} }: Twist = {}): Projection =>
  projection({
    name: "things",
    version,
    events: [thingEvents],
    tables,
    migrations,
    every: ({ type }, rows) => rows.event_counts.tally({ event_type: type }, { events: 1 }),
    on: {
      ThingMade({ stream: { id }, position, data, time, meta }, { things, thing_custody }) {
        things.put({ id, name: data.name, holder: data.holder, moves: 0, changed_at: time });
        if (data.holder !== null)
          thing_custody.put({ thing_id: id, since: position, holder: data.holder, taken_at: time, until: null, command: meta.command });
      },
      ThingMoved({ stream: { id }, position, data, time, meta }, { things, thing_custody }) {
        things.patch({ id }, { holder: data.holder, changed_at: time });
        things.add({ id }, { moves: 1 });
        thing_custody.patchWhere({ thing_id: id, until: null }, { until: position });
        if (data.holder !== null)
          thing_custody.put({ thing_id: id, since: position, holder: data.holder, taken_at: time, until: null, command: meta.command });
      },
      ThingRenamed: ({ stream: { id }, data, time }, { things }) => things.patch({ id }, { name: data.name, changed_at: time }),
      ThingGone({ stream: { id }, position }, { things, thing_custody }) {
        things.remove({ id });
        thing_custody.patchWhere({ thing_id: id, until: null }, { until: position });
      },
      ThingCursed: ({ stream: { id } }) => onCursed(id),
    },
  });

/** What happens to a stream, `type/id`; `schema` 2 unless the test says so. */
export type Happening = {
  readonly path: string;
  readonly type: string;
  readonly data: Json;
  readonly schema?: number;
  readonly time?: string;
};

/** A log with its feed. */
export type World = {
  readonly store: EventStore;
  readonly bus: InProcessBus;
  /** Appends, and publishes unless told not to. Gives the events as the log has them. */
  readonly happen: (happenings: readonly Happening[], publish?: boolean) => Promise<readonly StoredEvent[]>;
  readonly publish: (events: readonly StoredEvent[], previous: number) => Promise<void>;
  readonly log: () => Promise<readonly StoredEvent[]>;
};

export function createWorld(feedEvents = 10_000, newCommand: () => string = randomUUID): World {
  const store = createMemoryEventStore();
  const bus = createInProcessBus({ feedEvents });
  let minute = 0;

  async function publish(events: readonly StoredEvent[], previous: number): Promise<void> {
    let before = previous;
    const feed = events.map(({ position, stream, version, type, bytes }): FeedEvent => {
      const event = { position, previous: before, stream, version, type, bytes };
      before = position;
      return event;
    });
    await bus.publish(feed);
  }
  async function log(): Promise<readonly StoredEvent[]> {
    const all: StoredEvent[] = [];
    for (;;) {
      const page = await store.readAll(all.at(-1)?.position ?? 0, 1000);
      all.push(...page);
      if (page.length < 1000) return all;
    }
  }

  return {
    store,
    bus,
    publish,
    log,
    async happen(happenings, published = true) {
      const head = await store.head();
      const commits = happenings.map(({ path, type, data, schema = type === "ThingRenamed" ? 2 : 1, time }) => {
        const command = newCommand();
        minute += 1;
        const event: NewEvent = {
          id: `${command}/0`,
          type,
          schema,
          machine: 1,
          time: time ?? new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString(),
          data,
          meta: { command, actor: "player/ada", correlation: command, causation: null },
        };
        return { writes: [{ stream: refOf(path), expected: "any" as const, events: [event] }] };
      });
      for (let from = 0; from < commits.length; from += 100) {
        for (const result of await store.append(commits.slice(from, from + 100))) if (!result.ok) throw result.error;
      }
      const events: StoredEvent[] = [];
      for (;;) {
        const page = await store.readAll(events.at(-1)?.position ?? head, 1000);
        events.push(...page);
        if (page.length < 1000) break;
      }
      if (published) await publish(events, head);
      return events;
    },
  };
}

export const made = (id: string, holder: string | null = null, name = `The ${id}`): Happening => ({
  path: `thing/${id}`,
  type: "ThingMade",
  data: { name, holder },
});
export const moved = (id: string, holder: string | null): Happening => ({ path: `thing/${id}`, type: "ThingMoved", data: { holder } });
/** Two things, which change hands. */
export const history = [made("axe", "player/ada"), moved("axe", "player/bob"), made("bag", "room/hall"), moved("axe", null)];
export const cursed = (id: string): Happening => ({ path: `thing/${id}`, type: "ThingCursed", data: {} });

const id = fc.constantFrom("axe", "bag", "cup", "die", "egg");
const holder = fc.option(fc.constantFrom("player/ada", "player/bob", "room/hall"), { nil: null });
const words = fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.constantFrom("\0", "it's", '"', "\\", "{}", "null"));

/** Anything that can happen, likely or not: things are made twice, moved before they are made, and after they are gone. */
export const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 2, arbitrary: fc.tuple(id, holder, words).map(([id, holder, name]) => made(id, holder, name)) },
  { weight: 5, arbitrary: fc.tuple(id, holder).map(([id, holder]) => moved(id, holder)) },
  fc.tuple(id, words).map(([id, name]) => ({ path: `thing/${id}`, type: "ThingRenamed", data: { name } })),
  fc.tuple(id, words).map(([id, title]) => ({ path: `thing/${id}`, type: "ThingRenamed", data: { title }, schema: 1 })),
  id.map((id) => ({ path: `thing/${id}`, type: "ThingGone", data: {} })),
  fc.constantFrom(
    { path: "ghost/boo", type: "ThingMade", data: { howl: "boo" } },
    { path: "ghost/boo", type: "GhostSeen", data: { by: "ada" } },
  ),
);
