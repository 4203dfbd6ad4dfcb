import type { DoorState } from "./names.ts";
import type { PlannedDoor } from "./reset-plan.ts";
import type { Reset } from "./resets.ts";
import type { Room } from "./rooms.ts";

export type DoorStates = {
  /** Sets the state of a door; exits without a door, and missing ones, are left alone. */
  readonly set: (reset: Extract<Reset, { command: "D" }>) => void;
  readonly all: () => readonly PlannedDoor[];
};

/** All doors of the rooms, each side for itself, open until a reset says otherwise. */
export function createDoorStates(rooms: readonly Room[]): DoorStates {
  const doors = new Map<string, PlannedDoor>();
  for (const { vnum, exits } of rooms) {
    for (const { direction, door } of exits) {
      if (door !== "none")
        doors.set(`${vnum} ${direction}`, {
          room: vnum,
          direction,
          state: "open" satisfies DoorState,
        });
    }
  }
  return {
    set: ({ room, direction, state }) => {
      const name = `${room} ${direction}`;
      if (doors.has(name)) doors.set(name, { room, direction, state });
    },
    all: () => [...doors.values()],
  };
}
