import {
  currentData,
  DefinitionError,
  pathOf,
  UnreadableEventError,
  type AggregateKind,
  type Catalogue,
  type Domain,
  type Json,
  type RecordedEvent,
} from "@aethyr/kernel";
import type { AnyHandler, Projection } from "./projection.ts";

/** A projection over the aggregates of a domain: knows which events are its own, and how their data become current. */
export type Binding = {
  /** The handler of an event with its data in their current shape; undefined where the event is none of the projection's. Throws `UnreadableEventError`. */
  readonly read: (event: RecordedEvent) => { readonly handler: AnyHandler; readonly data: Json } | undefined;
};

/**
 * Binds a projection to a domain: an event is a handler's only if its aggregate has it from a catalogue of the projection, so that other
 * aggregates may have events of that name. Throws `DefinitionError` for a handler whose event no aggregate has.
 */
export function bind(projection: Projection, domain: Domain): Binding {
  const { name, catalogues, on } = projection;
  const isOurs = (kind: AggregateKind, type: string): boolean => {
    const known = kind.events.get(type);
    return known !== undefined && catalogues.some((catalogue) => isFrom(catalogue, type, known));
  };
  const ours = new Map<string, ReadonlySet<string>>();
  for (const [type, kind] of domain.aggregates) ours.set(type, new Set([...on.keys()].filter((event) => isOurs(kind, event))));
  for (const event of on.keys()) {
    if (![...ours.values()].some((events) => events.has(event)))
      throw new DefinitionError(`${name} has a handler for ${event}, which no aggregate of this domain has from its catalogues`, {
        name,
        event,
      });
  }

  return {
    read(event) {
      const handler = on.get(event.type);
      if (handler === undefined) return undefined;
      const kind = domain.aggregates.get(event.stream.type);
      if (kind === undefined) throw unknownAggregate(event);
      if (kind.events.has(event.type) && !ours.get(kind.type)?.has(event.type)) return undefined;
      return { handler, data: currentData(kind, event) };
    },
  };
}

function isFrom(catalogue: Catalogue, type: string, known: { readonly schema: unknown }): boolean {
  const entry = Object.hasOwn(catalogue, type) ? catalogue[type] : undefined;
  return entry !== undefined && (entry === known || entry === known.schema);
}

const unknownAggregate = ({ stream, type, schema }: RecordedEvent): UnreadableEventError =>
  new UnreadableEventError(
    { aggregate: pathOf(stream), event: type, schema, known: null },
    "no aggregate of this domain has such an event",
  );
