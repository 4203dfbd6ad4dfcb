import { events } from "@aethyr/kernel";
import { z } from "zod";
import { inventory } from "../containment/inventory.ts";
import { place, RoomPath } from "../containment/place.ts";
import { attributes } from "../shared/attributes.ts";
import { deletion } from "../shared/deletion.ts";
import { PasswordHash } from "./password-hash.ts";
import { posture } from "./posture.ts";

export const PlayerName = z.string().regex(/^[A-Za-z]{3,20}$/, "3–20 letters");

// These names and shapes are stored for ever: add, never rename; to change a shape, make it `versioned`.
export const playerEvents = events({
  PlayerCreated: z.object({ name: PlayerName, passwordHash: PasswordHash, admin: z.boolean(), containerId: RoomPath.nullable() }),
  PlayerPasswordUpdated: z.object({ passwordHash: PasswordHash }),
  PlayerAdminStatusUpdated: z.object({ admin: z.boolean() }),
  ...attributes.events.catalogue,
  ...place.events.catalogue,
  ...inventory.events.catalogue,
  ...posture.events.catalogue,
  ...deletion.catalogue,
});
