import { refOf } from "@aethyr/kernel";
import { doorName, type Door, type roomEvents } from "@aethyr/world";
import { act } from "./scene.ts";
import type { TellingsOf } from "./tellings.ts";

/** What is to be told of the events of rooms: that doors move. A change of an exit is its end and its beginning, one right after the other. */
export function ofRooms(): TellingsOf<typeof roomEvents> {
  let gone: { readonly path: string; readonly direction: string; readonly door: Door | undefined } | undefined;
  return {
    RoomExitRemoved(scene, { id, path }, { direction }) {
      gone = { path, direction, door: scene.view.room(id)?.exits[direction]?.door };
      return undefined;
    },
    RoomExitAdded(scene, { path, actor }, { direction, door }) {
      const before = gone?.path === path && gone.direction === direction ? gone.door?.state : undefined;
      gone = undefined;
      if (before === undefined || door === undefined || door.state === before) return undefined;
      const verb = door.state === "open" ? "open" : door.state === "locked" ? "lock" : before === "locked" ? "unlock" : "close";
      const name = doorName(door);
      return () => {
        const who = actor?.startsWith("player/") === true ? scene.view.player(refOf(actor).id) : undefined;
        if (who !== undefined && who.containerId === path)
          return act(scene, path, { actor: who.id, you: `You ${verb} the ${name}.`, others: `${who.name} ${verb}s the ${name}.` });
        for (const viewer of scene.viewersIn(path))
          viewer.tell(`The ${name} is ${verb}${verb === "close" ? "d" : "ed"} from the other side.`);
      };
    },
  };
}
