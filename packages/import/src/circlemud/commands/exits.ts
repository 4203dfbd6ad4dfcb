import { ref } from "@aethyr/kernel";
import { room as roomAggregate } from "@aethyr/world";
import type { ImportCommand } from "../../commands/import-command.ts";
import type { Direction, DoorState } from "../names.ts";
import type { RoomExit } from "../room-exits.ts";
import type { Room } from "../rooms.ts";
import type { Context } from "./context.ts";

export type DoorStateOf = (room: number, direction: Direction) => DoorState;

/** One `AddRoomExit` for each exit of a room; the way back is the matter of the other room. */
export function exitCommands({ ids, make }: Context, { vnum, exits }: Room, stateOf: DoorStateOf): readonly ImportCommand[] {
  return exits.map(({ direction, description, targetVnum, source, ...exit }) => {
    const data = {
      direction,
      targetRoomId: targetVnum === null ? null : ids.room(targetVnum),
      ...(description === "" ? {} : { description }),
      ...(exit.door === "none" ? {} : { door: door(exit, stateOf(vnum, direction)) }),
    };
    return make("AddRoomExit", ref(roomAggregate.type, ids.room(vnum)), data, source);
  });

  /** The format describes the exit, door and all: the door has no description of its own. */
  function door({ keywords, door: kind, keyVnum }: Pick<RoomExit, "keywords" | "door" | "keyVnum">, state: DoorState) {
    return {
      keywords,
      description: "",
      state,
      ...(kind === "pickproof" ? { pickproof: true } : {}),
      ...(keyVnum === null ? {} : { keyId: ids.prototype("object", keyVnum) }),
    };
  }
}
