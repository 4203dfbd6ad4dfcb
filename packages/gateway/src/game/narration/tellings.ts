import type { Catalogue, RecordedEvent } from "@aethyr/kernel";
import { byEvent, type Handlers } from "../by-event.ts";
import { ofPlayers } from "./of-players.ts";
import { ofRooms } from "./of-rooms.ts";
import { ofThings } from "./of-things.ts";
import type { Scene } from "./scene.ts";

/** What is to be told once the world is as it is after an event, if anything. */
type Telling = (() => void) | undefined;
/** For events that people see or hear something of: looks at the world before one, and gives what is to be told after it. */
export type TellingsOf<E extends { readonly catalogue: Catalogue }> = Handlers<E, Scene, Telling>;

/** Looks at an event before the view has it, and gives what is to be told when the view has it. */
export type Teller = (event: RecordedEvent) => Telling;

/** Tells what people see and hear of what happens. It is given every event, in order. */
export function createTeller(scene: Scene): Teller {
  const tell = byEvent<Scene, Telling>({ room: ofRooms(), "game-object": ofThings, player: ofPlayers });
  return (event) => tell(scene, event);
}
