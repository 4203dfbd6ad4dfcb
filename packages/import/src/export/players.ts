import { ref } from "@aethyr/kernel";
import { player } from "@aethyr/world";
import { placeOf } from "./places.ts";
import type { Inhabitants, Player } from "./states.ts";
import type { ExportedCommand, Leave } from "./world-export.ts";

/**
 * What players of an export have in the place of their passwords' hashes, which only the keys of their own world open: a hash that no
 * password has, so that nobody can log in as them until an operator gives them a password.
 */
export const noPassword = `$argon2id$v=19$m=65536,t=3,p=4$bm9wYXNzd29yZA$${"A".repeat(43)}`;

/** The commands that make players, without what they have. Who is where no room is any more is put nowhere. */
export function playerCommands({ rooms, things, players }: Inhabitants, leave: Leave): readonly ExportedCommand[] {
  return [...players].flatMap(([id, state]) => {
    const target = ref(player.type, id);
    const { name, admin, attributes, containerId } = state;
    const isLost = placeOf(containerId, { rooms, things, players }) === "gone";
    if (isLost) leave(target, `its place, ${containerId}, is no more: it will be nowhere`);
    const data = { name, passwordHash: noPassword, containerId: isLost ? null : containerId };
    return [
      { phase: "players", type: "CreatePlayer", target, data },
      ...(admin ? [{ phase: "administrators", type: "UpdatePlayerAdminStatus", target, data: { admin } }] : []),
      ...(Object.keys(attributes).length === 0
        ? []
        : [{ phase: "attributes of players", type: "UpdateGameObjectAttributes", target, data: { attributes } }]),
    ];
  });
}

/** The commands by which players sit and pose as they do; for when what they sit on is there. */
export function postureCommands({ things, players }: Inhabitants, leave: Leave): readonly ExportedCommand[] {
  return [...players].flatMap(([id, state]) => {
    const target = ref(player.type, id);
    const { sitting, pose } = state;
    const sits = sitting !== null && hasItsSeat(state, things);
    if (sitting !== null && !sits)
      leave(target, `it sits on game-object/${sitting.seatId ?? ""}, which is not there any more: it will stand`);
    return [
      ...(sits ? [{ phase: "seats", type: "SitDown", target, data: { seatId: sitting.seatId } }] : []),
      ...(pose === "" ? [] : [{ phase: "poses", type: "SetPose", target, data: { pose } }]),
    ];
  });
}

function hasItsSeat({ sitting, containerId }: Player, things: Inhabitants["things"]): boolean {
  const seatId = sitting?.seatId ?? null;
  return seatId === null || (containerId !== null && things.get(seatId)?.containerId === containerId);
}
