import { createWorld, made, moved, type Happening, type World } from "../contract/small-world.ts";

/** A log that is the same in every process: things that change hands. */
export async function longWorld(events: number): Promise<World> {
  let commands = 0;
  const world = createWorld(undefined, () => `c-${(commands += 1)}`);
  const happenings: Happening[] = [];
  for (let index = 0; index < events; index += 1) {
    const id = `thing-${index % 50}`;
    happenings.push(index < 50 ? made(id, "room/hall") : moved(id, index % 3 === 0 ? null : `player/p${index % 7}`));
  }
  await world.happen(happenings);
  return world;
}
