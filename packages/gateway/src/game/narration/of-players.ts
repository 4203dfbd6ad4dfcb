import type { playerEvents, Slot } from "@aethyr/world";
import { whence } from "../texts/directions.ts";
import { slotPhrases } from "../texts/slots.ts";
import type { SeenRoom } from "../view/seen.ts";
import { act, type Scene } from "./scene.ts";
import type { TellingsOf } from "./tellings.ts";

const hands: ReadonlySet<Slot> = new Set(["hold", "light"]);

/** What is to be told of the events of players. */
export const ofPlayers: TellingsOf<typeof playerEvents> = {
  GameObjectContainerUpdated(scene, { id, path, actor }, { containerId }) {
    const mover = scene.view.player(id);
    if (mover === undefined) return undefined;
    const left = scene.view.roomAt(mover.containerId);
    // Whom somebody else moves has not walked.
    const direction = left !== undefined && actor === path ? directionTo(left, containerId) : undefined;
    return () => {
      if (scene.isOnline(id)) {
        const away = direction === undefined ? `${mover.name} is suddenly gone.` : `${mover.name} leaves ${direction}.`;
        const here = direction === undefined ? `${mover.name} is suddenly here.` : `${mover.name} comes in ${whence(direction)}.`;
        for (const viewer of left === undefined ? [] : scene.viewersIn(left.path)) viewer.tell(away);
        for (const viewer of containerId === null ? [] : scene.viewersIn(containerId)) if (viewer.id !== id) viewer.tell(here);
      }
      scene.viewer(id)?.arrive();
    };
  },
  PlayerSatDown: (scene, { id }, { seatId }) => {
    const seat = seatId === null ? "" : ` on ${scene.view.thing(seatId)?.name ?? "something"}`;
    return () => doing(scene, id, `You sit down${seat}.`, `sits down${seat}.`);
  },
  PlayerStoodUp:
    (scene, { id }) =>
    () =>
      doing(scene, id, "You stand up.", "stands up."),
  PlayerPoseSet:
    (scene, { id }, { pose }) =>
    () => {
      const name = scene.view.player(id)?.name ?? "Somebody";
      if (pose === "") doing(scene, id, "You do nothing in particular any more.", "");
      else doing(scene, id, `Whoever looks at you sees: ${name} ${pose}.`, `${pose}.`);
    },
  ItemEquipped:
    (scene, { id, path }, { itemId, slot }) =>
    () => {
      const thing = scene.view.thing(itemId);
      const name = thing?.name ?? "something";
      if (slot === "wield") doing(scene, id, `You wield ${name}.`, `wields ${name}.`);
      else if (hands.has(slot)) doing(scene, id, `You hold ${name}.`, `holds ${name}.`);
      else doing(scene, id, `You put on ${name}, ${slotPhrases[slot]}.`, `puts on ${name}.`);
      if (thing?.containerId === path) scene.viewer(id)?.item("Update", "inv", thing);
    },
  ItemUnequipped:
    (scene, { id, path }, { itemId, slot }) =>
    () => {
      const thing = scene.view.thing(itemId);
      const name = thing?.name ?? "something";
      if (slot === "wield") doing(scene, id, `You stop wielding ${name}.`, `stops wielding ${name}.`);
      else if (hands.has(slot)) doing(scene, id, `You stop holding ${name}.`, `stops holding ${name}.`);
      else doing(scene, id, `You take off ${name}.`, `takes off ${name}.`);
      if (thing?.containerId === path) scene.viewer(id)?.item("Update", "inv", thing);
    },
  PlayerPasswordUpdated:
    (scene, { id }) =>
    () =>
      scene.viewer(id)?.tell("Your password is another now."),
  PlayerAdminStatusUpdated:
    (scene, { id }, { admin }) =>
    () =>
      scene.viewer(id)?.tell(admin ? "You are an administrator now." : "You are no administrator any more."),
  GameObjectDeleted: (scene, { id }) => {
    const gone = scene.view.player(id);
    return () => {
      if (gone !== undefined && gone.containerId !== null && scene.isOnline(id))
        for (const viewer of scene.viewersIn(gone.containerId)) viewer.tell(`${gone.name} is no more.`);
      scene.viewer(id)?.end("Your character is no more.");
    };
  },
};

function doing(scene: Scene, id: string, you: string, others: string): void {
  const player = scene.view.player(id);
  if (player === undefined) return;
  act(scene, player.containerId, { actor: id, you, others: others === "" ? "" : `${player.name} ${others}` });
}

function directionTo(room: SeenRoom, containerId: string | null) {
  const ways = Object.entries(room.exits) as readonly (readonly [keyof SeenRoom["exits"], { readonly targetRoomId: string | null }])[];
  return ways.find(([, { targetRoomId }]) => targetRoomId !== null && `room/${targetRoomId}` === containerId)?.[0];
}
