import type { z } from "zod";
import { upcastersOf, type Upcast, type Upcasters } from "./upcast.ts";

/** An event whose data had other shapes before: its current version, schema, and how older data become current. */
export type Versioned<S extends z.ZodType = z.ZodType> = { readonly version: number; readonly schema: S; readonly upcasters: Upcasters };

/** Event types and their data: a schema (version 1), or `versioned(...)`. */
export type Catalogue = Readonly<Record<string, z.ZodType | Versioned>>;

type SchemaOf<E> = E extends Versioned<infer S> ? S : E extends z.ZodType ? E : never;
/** The events of a catalogue as the chart receives them: `{ type, data }`. */
export type EventOf<C extends Catalogue> = { [K in keyof C & string]: { type: K; data: z.infer<SchemaOf<C[K]>> } }[keyof C & string];
/** One constructor per event, so that rules read as sentences: `RoomExitAdded({ direction, targetRoomId })`. */
export type Constructors<C extends Catalogue> = {
  readonly [K in keyof C & string]: (data: z.infer<SchemaOf<C[K]>>) => { type: K; data: z.infer<SchemaOf<C[K]>> };
};

/** The events of an aggregate or a fragment: constructors, and the catalogue that they were made from. */
export type Events<C extends Catalogue> = Constructors<C> & { readonly catalogue: C };

/**
 * Declares events, name by name, with the schema of their data. The names and shapes are stored for ever: add, never rename; to change a
 * shape, make it `versioned`.
 */
export function events<const C extends Catalogue>(catalogue: C): Events<C> {
  const made: Record<string, unknown> = { catalogue };
  for (const type of Object.keys(catalogue)) made[type] = (data: unknown) => ({ type, data });
  return made as Events<C>;
}

/** An event in its `version`th shape; `upcasts` are edges from older versions towards it, each made once with `upcast(from, to, change)`. */
export function versioned<S extends z.ZodType>(version: number, schema: S, upcasts: readonly Upcast[]): Versioned<S> {
  return { version, schema, upcasters: upcastersOf(version, upcasts) };
}

export function isVersioned(entry: z.ZodType | Versioned): entry is Versioned {
  return "upcasters" in entry;
}
