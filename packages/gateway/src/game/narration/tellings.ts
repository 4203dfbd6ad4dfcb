import type { Json, RecordedEvent } from "@aethyr/kernel";
import { pathOf } from "@aethyr/kernel";
import { ofPlayers } from "./of-players.ts";
import { ofRooms } from "./of-rooms.ts";
import { ofThings } from "./of-things.ts";
import type { Scene } from "./scene.ts";

/** Whose event it is, and who is behind it. */
type Whose = { readonly id: string; readonly path: string; readonly actor: string | null };
/** Looks at the world before an event, and gives what is to be told when the world is as it is after it. */
type Telling = (scene: Scene, whose: Whose, data: Json) => (() => void) | undefined;
type Events = Readonly<Record<string, unknown>>;
/** A telling for each event that people see or hear something of. */
export type TellingsOf<E extends Events> = {
  readonly [K in keyof E & string]?: E[K] extends (data: infer D) => unknown
    ? (scene: Scene, whose: Whose, data: D) => (() => void) | undefined
    : never;
};

/** Looks at an event before the view has it, and gives what is to be told when the view has it. */
export type Teller = (event: RecordedEvent) => (() => void) | undefined;

/** Tells what people see and hear of what happens. It is given every event, in order. */
export function createTeller(scene: Scene): Teller {
  const tellings: Readonly<Record<string, Telling>> = Object.fromEntries(
    Object.entries({ room: ofRooms(), "game-object": ofThings, player: ofPlayers }).flatMap(([stream, each]) =>
      // As for the view: events come in their current shape.
      Object.entries(each).map(([type, telling]) => [`${stream}/${type}`, telling as unknown as Telling]),
    ),
  );
  return (event) => {
    const { type, id } = event.stream;
    return tellings[`${type}/${event.type}`]?.(scene, { id, path: pathOf(event.stream), actor: event.meta.actor }, event.data);
  };
}
