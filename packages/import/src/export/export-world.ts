import type { Domain } from "@aethyr/kernel";
import { moduleCommands } from "./modules.ts";
import { levelsOf } from "./places.ts";
import { playerCommands, postureCommands } from "./players.ts";
import { roomCommands } from "./rooms.ts";
import { createInhabitants, ownFields } from "./states.ts";
import { thingCommands } from "./things.ts";
import type { ExportedState, LeftOut, WorldExport } from "./world-export.ts";

/**
 * The commands that make a world as it is now, without the way that led there; sent to an empty world they make an equal one, but for the
 * passwords of its players. What no command makes is told as left out: ways and things that lead to or lie in what is no more, and what
 * modules brought without saying how it is made again. Whether the commands do what they should, `rehearse` tells.
 */
export function exportWorld(all: readonly ExportedState[], domain: Domain): WorldExport {
  const leftOut: LeftOut[] = [];
  const leave = (ref: LeftOut["ref"], why: string): void => void leftOut.push({ ref, why });
  const world = createInhabitants();
  for (const { ref, states, context } of all) {
    if (!ownFields.has(ref.type)) continue;
    if (states !== "existing") leave(ref, `its chart is in the state ${JSON.stringify(states)}, to which no command is known that leads`);
    world.add(ref.type, ref.id, context);
  }
  const levels = levelsOf(world, leave);
  const commands = [
    ...roomCommands(world.rooms, leave),
    ...playerCommands(world, leave),
    ...thingCommands(world, levels),
    ...postureCommands(world, leave),
    ...moduleCommands(domain, all, leave),
  ];
  return { commands, leftOut };
}
