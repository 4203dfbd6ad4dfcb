import { DefinitionError, type Catalogue, type EventOf, type RecordedEvent } from "@aethyr/kernel";
import type { Kysely } from "kysely";
import type { Rows, Sql } from "./rows.ts";
import { sqlName, type Tables } from "./table.ts";

/** Events as `events(...)` declares them. */
type Declared = { readonly catalogue: Catalogue };
type Each<E> = E extends { readonly catalogue: infer C extends Catalogue } ? EventOf<C> : never;
type DeclaredEvent<E extends readonly Declared[]> = Each<E[number]>;

/** A recorded event with its data in their current shape. */
export type Projected<E extends { readonly type: string; readonly data: unknown }> = E extends unknown
  ? Omit<RecordedEvent, "type" | "data"> & E
  : never;

/** An event without its data: what every event of the log has, of whatever type. */
export type EventHead = Omit<RecordedEvent, "data">;

export type Handler<E, Ts extends Tables> = (event: E, rows: Rows<Ts>, sql: Sql<Ts>) => void | Promise<void>;

export type Handlers<E extends readonly Declared[], Ts extends Tables> = {
  readonly [T in DeclaredEvent<E>["type"]]?: Handler<Projected<Extract<DeclaredEvent<E>, { readonly type: T }>>, Ts>;
};

/** Further steps after the tables are made, each applied once in a transaction, in which the tables of this copy are found by their bare names. */
export type Migrations = Readonly<Record<string, (transaction: Kysely<unknown>) => Promise<unknown>>>;

export type ProjectionDefinition<E extends readonly Declared[], Ts extends Tables> = {
  /** Names it for ever; `snake_case`, at most 40 characters. */
  readonly name: string;
  /** From 1. Raise it when tables or handlers change: a new copy is made beside the present one, and takes its place when it is level. */
  readonly version: number;
  /** The catalogues that its events come from. An event belongs to a handler only if its aggregate has it from one of these. */
  readonly events: E;
  /** Its tables, which analysts find under these names in the schema `public`: no two projections may have one of the same name. */
  readonly tables: Ts;
  /** By event type. What an event does must follow from the event and the rows alone: no clocks, no random numbers, no other sources. */
  readonly on: Handlers<E, Ts>;
  /** Is given every event of the log, before the handler of its type; for counting. */
  readonly every?: Handler<EventHead, Ts>;
  /** Run in the order in which they stand. Add, never change: one that has run is not run again. */
  readonly migrations?: Migrations;
};

/** A read model as declared: a pure definition, which an engine folds the log with. */
export type Projection = {
  readonly name: string;
  readonly version: number;
  readonly catalogues: readonly Catalogue[];
  readonly tables: Tables;
  readonly on: ReadonlyMap<string, AnyHandler>;
  readonly every: AnyHandler | undefined;
  readonly migrations: Migrations;
};
/** A handler whose types were checked where it was declared. */
export type AnyHandler = (event: unknown, rows: unknown, sql: unknown) => void | Promise<void>;

/**
 * Declares a read model: a fold of the log into tables. Throws `DefinitionError` for names that SQL cannot have and for handlers of events
 * that no catalogue has.
 */
export function projection<const E extends readonly Declared[], const Ts extends Tables>(
  definition: ProjectionDefinition<E, Ts>,
): Projection {
  const { name, version, events, tables, on, every, migrations = {} } = definition;
  for (const each of [name, ...Object.keys(tables)]) {
    if (!sqlName.test(each))
      throw new DefinitionError(`"${each}" is no name for a projection or a table: a–z 0–9 _, at most 40`, { name: each });
  }
  if (!Number.isSafeInteger(version) || version < 1 || version > 9999)
    throw new DefinitionError(`${name} has the version ${version}: it is a whole number from 1`, { name });
  if (Object.keys(tables).length === 0) throw new DefinitionError(`${name} has no tables`, { name });
  const catalogues = events.map(({ catalogue }) => catalogue);
  for (const type of Object.keys(on)) {
    if (!catalogues.some((catalogue) => Object.hasOwn(catalogue, type)))
      throw new DefinitionError(`${name} has a handler for ${type}, which none of its catalogues has`, { name, event: type });
  }
  return {
    name,
    version,
    catalogues,
    tables,
    on: new Map(Object.entries(on as unknown as Record<string, AnyHandler>)),
    every: every as unknown as AnyHandler | undefined,
    migrations,
  };
}
