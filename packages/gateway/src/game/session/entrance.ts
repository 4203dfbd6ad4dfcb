import { usualEntrances, type GameOptions } from "../options.ts";
import type { SeenRoom } from "../view/seen.ts";
import type { WorldView } from "../view/world-view.ts";

/** The room in which people arrive; undefined in a world without rooms. */
export function entranceOf(view: WorldView, { startRoom }: Pick<GameOptions, "startRoom">): SeenRoom | undefined {
  const id = [startRoom, ...usualEntrances].find((each) => view.room(each) !== undefined);
  return id === undefined ? view.firstRoom() : view.room(id);
}
