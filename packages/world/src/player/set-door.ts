import { AggregateId, oneOf, pathOf, ref, reject, to, type ViewOf } from "@aethyr/kernel";
import { z } from "zod";
import { movedAway } from "../containment/holder.ts";
import { roomAt, RoomPath } from "../containment/place.ts";
import { gameObject } from "../game-object/aggregate.ts";
import { room } from "../room/aggregate.ts";
import { roomEvents } from "../room/events.ts";
import { Direction, Door, type Exit } from "../room/exit.ts";
import { noSuchExit } from "../room/exits.ts";
import type { Attributes } from "../shared/attributes.ts";
import { prototypeIdOf } from "../traits.ts";
import { player } from "./aggregate.ts";

const { RoomExitAdded, RoomExitRemoved } = roomEvents;

/**
 * A player opens, closes, locks or unlocks the door of an exit, and with it the door on its other side: that of the exit that leads back
 * from there. `keyId` is the thing that they carry and use as the key. An exit records a change as its end and its beginning.
 */
export const SetDoor = player.command({
  input: z.strictObject({ from: RoomPath, direction: Direction, state: Door.shape.state, keyId: AggregateId.exactOptional() }),
  parties: { here: room, there: oneOf(room), key: gameObject },
  participants: ({ self, input: { direction, keyId }, here }) => {
    const targetRoomId = here?.state.context.exits[direction]?.targetRoomId ?? null;
    return {
      here: roomAt(self.state.context.containerId),
      there: targetRoomId === null || targetRoomId === here?.id ? null : ref(room.type, targetRoomId),
      key: keyId === undefined ? null : ref(gameObject.type, keyId),
    };
  },
  decide: ({ self, input: { from, direction, state }, here, there, key }) => {
    if (self.state.context.containerId !== from) return movedAway(self.id, self.state.context.containerId);
    const exit = here?.exists === true ? here.state.context.exits[direction] : undefined;
    if (here === undefined || exit === undefined) return noSuchExit(direction, here?.id ?? "nowhere");
    const { door } = exit;
    if (door === undefined) return reject("no_door", `there is no door ${direction}`, { direction });
    if (door.state === state) return [];
    if (door.state === "locked" && state === "open") return reject("door_locked", `the door ${direction} is locked`, { direction });
    if (door.state === "open" && state === "locked")
      return reject("door_open", `the door ${direction} is open: close it first`, { direction });
    const turnsKey = door.state === "locked" || state === "locked";
    const carriesKey =
      key?.exists === true && key.state.context.containerId === pathOf(self.ref) && isKeyTo(door, key.id, key.state.context);
    if (turnsKey && !carriesKey) return reject("no_key", `that takes the key of the door ${direction}`, { direction });
    const back = there?.exists === true ? doorBack(there, here.id) : undefined;
    return [to(here, ...changed(direction, exit, state)), ...(there && back ? [to(there, ...changed(back[0], back[1], state))] : [])];
  },
});

/** Whether a thing is the key that a door asks for: that very one, or made like it. */
export const isKeyTo = ({ keyId }: Pick<Door, "keyId">, id: string, { attributes }: { readonly attributes: Attributes }): boolean =>
  keyId !== undefined && (id === keyId || prototypeIdOf(attributes) === keyId);

function doorBack(there: ViewOf<typeof room>, hereId: string): readonly [Direction, Exit] | undefined {
  const ways = Direction.options.map((direction) => [direction, there.state.context.exits[direction]] as const);
  const way = ways.find(([, exit]) => exit?.targetRoomId === hereId && exit.door !== undefined);
  return way as readonly [Direction, Exit] | undefined;
}

const changed = (direction: Direction, exit: Exit, state: Door["state"]) => [
  RoomExitRemoved({ direction }),
  RoomExitAdded({ direction, ...exit, door: { ...exit.door!, state } }),
];
