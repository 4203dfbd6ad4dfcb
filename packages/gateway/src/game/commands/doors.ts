import { command, type CommandContext } from "../command.ts";
import { findThing } from "../grammar/find.ts";
import { choose, wantedOf } from "../grammar/wanted.ts";
import type { Sight } from "../sight.ts";
import { directionOf, directions } from "../texts/directions.ts";
import { doorName, keyTo } from "../texts/doors.ts";
import { setLid } from "./lids.ts";

const ofDoors = { sends: ["SetDoor"], events: ["RoomExitRemoved", "RoomExitAdded"] } as const;
const ofBoth = { sends: ["SetDoor", "SetLid"], events: ["RoomExitRemoved", "RoomExitAdded", "GameObjectAttributeUpdated"] } as const;

export const open = command({
  ...ofBoth,
  name: "open",
  usage: ["open DOOR", "open north", "open CONTAINER"],
  help: "Opens a door here, or a container here or in your hands.",
  run: (context) => openOrClose(context, "open"),
});

export const close = command({
  ...ofBoth,
  name: "close",
  aliases: ["shut"],
  usage: ["close DOOR", "close north", "close CONTAINER"],
  help: "Closes a door here, or a container here or in your hands.",
  run: (context) => openOrClose(context, "closed"),
});

export const lock = command({
  ...ofDoors,
  name: "lock",
  usage: ["lock DOOR", "lock north"],
  help: "Locks a door here with its key, if you carry that.",
  run: (context) => setDoor(context, "locked"),
});

export const unlock = command({
  ...ofDoors,
  name: "unlock",
  usage: ["unlock DOOR", "unlock north"],
  help: "Unlocks a door here with its key, if you carry that.",
  run: (context) => setDoor(context, "closed", true),
});

/** A door goes before a thing of the same name. */
async function openOrClose(context: CommandContext<"SetDoor" | "SetLid">, state: "open" | "closed"): Promise<void> {
  const { sight, rest } = context;
  const thing = findDoor(sight, rest) === undefined ? findThing(sight, rest, [...sight.things(), ...sight.carried()]) : undefined;
  return thing === undefined ? setDoor(context, state) : setLid(context, thing, state);
}

async function setDoor(
  { sight, rest, tell, send }: CommandContext<"SetDoor">,
  state: "open" | "closed" | "locked",
  unlocking = false,
): Promise<void> {
  const here = sight.here();
  const door = findDoor(sight, rest);
  if (here === undefined || door === undefined) return tell(rest === "" ? "Which one?" : "There is nothing like that here.");
  const name = doorName(door);
  if (unlocking && door.state !== "locked") return tell(`The ${name} is not locked.`);
  if (!unlocking && state === "closed" && door.state === "locked") return tell(`The ${name} is closed and locked.`);
  const key = state === "locked" || unlocking ? keyTo(sight, door) : undefined;
  const sent = await send(
    "SetDoor",
    sight.me().path,
    { from: here.path, direction: door.direction, state, ...(key === undefined ? {} : { keyId: key.id }) },
    {
      door_locked: `The ${name} is locked.`,
      door_open: `The ${name} is open: close it first.`,
      no_key: "You do not have the key.",
    },
  );
  if (sent === "nothing") tell(`The ${name} is ${state} already.`);
}

/** A door here by its name, its direction, or both: `door`, `north`, `door north`. */
function findDoor(sight: Sight, text: string) {
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
