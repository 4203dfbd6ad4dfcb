import { ref, type Json } from "@aethyr/kernel";
import { room } from "@aethyr/world";
import type { Room } from "./states.ts";
import type { ExportedCommand, Leave } from "./world-export.ts";

/** The commands that make rooms, and the exits between those that there are. */
export function roomCommands(rooms: ReadonlyMap<string, Room>, leave: Leave): readonly ExportedCommand[] {
  const all = [...rooms].map(([id, state]) => ({ target: ref(room.type, id), ...state }));
  const created = all.map(({ target, name, description, attributes }) => ({
    phase: "rooms",
    type: "CreateRoom",
    target,
    data: { name, description, attributes },
  }));
  const exits = all.flatMap(({ target, exits: ways }) =>
    Object.entries(ways).flatMap(([direction, exit]) => {
      if (exit.targetRoomId === null || rooms.has(exit.targetRoomId))
        return [{ phase: "exits", type: "AddRoomExit", target, data: { direction, ...exit } as Json }];
      leave(target, `its exit ${direction} leads to room/${exit.targetRoomId}, which is no more`);
      return [];
    }),
  );
  return [...created, ...exits];
}
