import { alive } from "@aethyr/kernel";
import { z } from "zod";
import { containerNotFound } from "../containment/holder.ts";
import { roomAt, RoomPath } from "../containment/place.ts";
import { room } from "../room/aggregate.ts";
import { player } from "./aggregate.ts";
import { PlayerName, playerEvents } from "./events.ts";
import { PasswordHash } from "./password-hash.ts";

const { PlayerCreated, PlayerPasswordUpdated, PlayerAdminStatusUpdated } = playerEvents;

/** Makes a player, who is no admin. That the name is nobody else's is for the sender to see to: it is no id. */
export const CreatePlayer = player.command({
  creates: true,
  input: z.strictObject({ name: PlayerName, passwordHash: PasswordHash, containerId: RoomPath.nullable().default(null) }),
  parties: { room: alive(room) },
  participants: ({ input }) => ({ room: roomAt(input.containerId) }),
  decide: ({ input, room: place }) => {
    if (input.containerId !== null && place?.exists !== true) return containerNotFound(input.containerId);
    return [PlayerCreated({ ...input, admin: false })];
  },
});

export const UpdatePlayerPassword = player.command({
  input: z.strictObject({ passwordHash: PasswordHash }),
  decide: ({ self, input }) => (self.state.context.passwordHash === input.passwordHash ? [] : [PlayerPasswordUpdated(input)]),
});

export const UpdatePlayerAdminStatus = player.command({
  input: z.strictObject({ admin: z.boolean() }),
  decide: ({ self, input }) => (self.state.context.admin === input.admin ? [] : [PlayerAdminStatusUpdated(input)]),
});
