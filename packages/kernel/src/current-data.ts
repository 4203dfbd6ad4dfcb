import type { AggregateKind } from "./domain.ts";
import { UnreadableEventError } from "./errors.ts";
import type { RecordedEvent } from "./event.ts";
import type { Json } from "./json.ts";
import { pathOf } from "./ref.ts";

/** The data of an event of this kind of aggregate in their current shape. Throws `UnreadableEventError` where no way leads there. */
export function currentData({ events }: Pick<AggregateKind, "events">, event: RecordedEvent): Json {
  const known = events.get(event.type);
  if (known === undefined)
    throw new UnreadableEventError(
      describedAs(event),
      "nothing here knows an event of this name: name the module that it comes from in `modules` (AETHYR_MODULES), or run the newer program",
    );
  if (event.schema === known.version) return event.data;
  const described = { ...describedAs(event), known: known.version };
  if (event.schema > known.version)
    throw new UnreadableEventError(described, `it is newer than version ${known.version}; run the newer program`);
  const upcasts = known.upcasters(event.schema);
  if (upcasts === undefined) throw new UnreadableEventError(described, `no upcasts lead to version ${known.version}`);
  return upcasts(event.data);
}

export const describedAs = ({ stream, type, schema }: RecordedEvent) => ({
  aggregate: pathOf(stream),
  event: type,
  schema,
  known: null,
});
