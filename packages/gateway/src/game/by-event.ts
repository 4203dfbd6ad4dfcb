import { pathOf, type Catalogue, type EventOf, type Json, type RecordedEvent } from "@aethyr/kernel";
import type { gameObjectEvents, playerEvents, roomEvents } from "@aethyr/world";

/** Whose event it is, and who is behind it. */
export type Whose = { readonly id: string; readonly path: string; readonly actor: string | null };

/** What to do with events of one kind of aggregate, by their names; the data come as the schema of each event says. */
export type Handlers<E extends { readonly catalogue: Catalogue }, Context, Result = void> = {
  readonly [Event in EventOf<E["catalogue"]> as Event["type"]]?: (context: Context, whose: Whose, data: Event["data"]) => Result;
};

/** For each kind of aggregate, by the type of its streams. */
export type WorldHandlers<Context, Result = void> = {
  readonly room: Handlers<typeof roomEvents, Context, Result>;
  readonly "game-object": Handlers<typeof gameObjectEvents, Context, Result>;
  readonly player: Handlers<typeof playerEvents, Context, Result>;
};

type AnyHandler<Context, Result> = (context: Context, whose: Whose, data: Json) => Result;

/** Does with each event what its handler does; undefined for events without one, a game's own among them. */
export function byEvent<Context, Result = void>(
  handlers: WorldHandlers<Context, Result>,
): (context: Context, event: RecordedEvent) => Result | undefined {
  const all = Object.entries(handlers).flatMap(([stream, each]) =>
    Object.entries(each).map(([type, handler]) => [`${stream}/${type}`, handler] as const),
  );
  // Types were checked where the handlers were declared, and the log's reader gives every event in its current shape.
  const table = new Map(all as unknown as readonly (readonly [string, AnyHandler<Context, Result>])[]);
  return (context, { type, stream, meta, data }) =>
    table.get(`${stream.type}/${type}`)?.(context, { id: stream.id, path: pathOf(stream), actor: meta.actor }, data);
}
