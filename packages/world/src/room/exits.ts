import { alive, ref, reject } from "@aethyr/kernel";
import { z } from "zod";
import { sameJson } from "../shared/same-json.ts";
import { room } from "./aggregate.ts";
import { roomEvents } from "./events.ts";
import { Direction, Exit } from "./exit.ts";

const { RoomExitAdded, RoomExitRemoved } = roomEvents;

// What rules about exits may answer, each word in one place.
export const noSuchExit = (direction: Direction, roomId: string) =>
  reject("no_such_exit", `${roomId} has no exit ${direction}`, { direction });
export const roomNotFound = (targetRoomId: string) =>
  reject("room_not_found", `there is no room ${targetRoomId} to lead to`, { targetRoomId });

export const AddRoomExit = room.command({
  input: z.strictObject({ direction: Direction, ...Exit.shape }),
  parties: { target: alive(room) },
  participants: ({ input: { targetRoomId } }) => ({ target: targetRoomId === null ? null : ref(room.type, targetRoomId) }),
  decide: ({ self, input, target }) => {
    const { direction, ...exit } = input;
    const present = self.state.context.exits[direction];
    if (present !== undefined && sameJson(present, exit)) return [];
    if (present !== undefined) {
      return reject(
        "exit_taken",
        `${direction} already leads ${present.targetRoomId === null ? "nowhere" : `to ${present.targetRoomId}`}: remove that exit first`,
        {
          direction,
          targetRoomId: present.targetRoomId,
        },
      );
    }
    if (exit.targetRoomId !== null && target?.exists !== true) {
      return roomNotFound(exit.targetRoomId);
    }
    return [RoomExitAdded(input)];
  },
});

export const RemoveRoomExit = room.command({
  input: z.strictObject({ direction: Direction }),
  decide: ({ self, input: { direction } }) => {
    if (self.state.context.exits[direction] === undefined) {
      return noSuchExit(direction, self.id);
    }
    return [RoomExitRemoved({ direction })];
  },
});
