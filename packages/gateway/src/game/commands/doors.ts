import type { Command, Doing } from "../command.ts";
import { choose, wantedOf } from "../grammar/wanted.ts";
import { directionOf, directions } from "../texts/directions.ts";

const entry = { sends: ["SetDoor"], events: ["RoomExitRemoved", "RoomExitAdded"] } as const;

export const open: Command = {
  ...entry,
  name: "open",
  usage: ["open DOOR", "open north"],
  help: "Opens a door here.",
  run: (the) => setDoor(the, "open"),
};

export const close: Command = {
  ...entry,
  name: "close",
  aliases: ["shut"],
  usage: ["close DOOR", "close north"],
  help: "Closes a door here.",
  run: (the) => setDoor(the, "closed"),
};

export const lock: Command = {
  ...entry,
  name: "lock",
  usage: ["lock DOOR", "lock north"],
  help: "Locks a door here with its key, if you carry that.",
  run: (the) => setDoor(the, "locked"),
};

export const unlock: Command = {
  ...entry,
  name: "unlock",
  usage: ["unlock DOOR", "unlock north"],
  help: "Unlocks a door here with its key, if you carry that.",
  run: (the) => setDoor(the, "closed", true),
};

async function setDoor({ sight, rest, tell, send }: Doing, state: "open" | "closed" | "locked", unlocking = false): Promise<void> {
  const here = sight.here();
  const door = findDoor(sight, rest);
  if (here === undefined || door === undefined) return tell(rest === "" ? "Which door?" : "There is no door like that here.");
  const name = door.keywords[0] ?? "door";
  if (unlocking && door.state !== "locked") return tell(`The ${name} is not locked.`);
  if (!unlocking && state === "closed" && door.state === "locked") return tell(`The ${name} is closed and locked.`);
  const key = sight
    .carried()
    .find(({ id, attributes }) => door.keyId !== undefined && (id === door.keyId || attributes["prototype"] === door.keyId));
  const turnsKey = state === "locked" || unlocking;
  const sent = await send(
    "SetDoor",
    sight.me().path,
    { from: here.path, direction: door.direction, state, ...(turnsKey && key !== undefined ? { keyId: key.id } : {}) },
    {
      door_locked: `The ${name} is locked.`,
      door_open: `The ${name} is open: close it first.`,
      no_key: "You do not have the key.",
    },
  );
  if (sent === "nothing") tell(`The ${name} is ${state} already.`);
}

/** A door here by its name, its direction, or both: `door`, `north`, `door north`. */
function findDoor(sight: Doing["sight"], text: string) {
  const doors = directions.flatMap((direction) => {
    const door = sight.here()?.exits[direction]?.door;
    return door === undefined ? [] : [{ ...door, direction }];
  });
  const direction = directionOf(text.trim());
  return (
    doors.find((door) => door.direction === direction) ??
    choose(wantedOf(text), doors, ({ keywords, direction: way }) => [...keywords, "door", way])[0]
  );
}
