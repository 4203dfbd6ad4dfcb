import { alive, pathOf, ref, reject } from "@aethyr/kernel";
import { z } from "zod";
import { movedAway } from "../containment/holder.ts";
import { roomAt, RoomPath } from "../containment/place.ts";
import { room } from "../room/aggregate.ts";
import { Direction } from "../room/exit.ts";
import { noSuchExit, roomNotFound } from "../room/exits.ts";
import { player } from "./aggregate.ts";
import { playerEvents } from "./events.ts";

const { GameObjectContainerUpdated } = playerEvents;

/**
 * A player goes through an exit on their own feet: what keeps people from walking is decided here. `UpdateGameObjectContainer` is the other
 * hand, which takes a player anywhere, sitting or not.
 */
export const Walk = player.command({
  input: z.strictObject({ from: RoomPath, direction: Direction }),
  parties: { here: room, there: alive(room) },
  participants: ({ self, input, here }) => {
    const targetRoomId = here?.state.context.exits[input.direction]?.targetRoomId ?? null;
    return { here: roomAt(self.state.context.containerId), there: targetRoomId === null ? null : ref(room.type, targetRoomId) };
  },
  decide: ({ self, input: { from, direction }, here, there }) => {
    // "North" means another way elsewhere: who was moved meanwhile is told, and so is a command that is sent twice.
    if (self.state.context.containerId !== from) return movedAway(self.id, self.state.context.containerId);
    if (self.state.context.sitting !== null) return reject("sitting", `${self.id} sits: stand up first`);
    const exit = here?.exists === true ? here.state.context.exits[direction] : undefined;
    if (exit === undefined) return noSuchExit(direction, here?.id ?? "nowhere");
    if (exit.targetRoomId === null) return reject("leads_nowhere", `nobody can go ${direction} from there`, { direction });
    if (exit.door !== undefined && exit.door.state !== "open")
      return reject("door_closed", `the door ${direction} is ${exit.door.state}`, { direction });
    if (there?.exists !== true) return roomNotFound(exit.targetRoomId);
    const containerId = pathOf(there.ref);
    return containerId === self.state.context.containerId ? [] : [GameObjectContainerUpdated({ containerId })];
  },
});
