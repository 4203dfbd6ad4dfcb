import { events } from "@aethyr/kernel";
import { z } from "zod";

/** The end of a game object, player or room: its chart's last state, from which no event leads on. */
export const deletion = events({ GameObjectDeleted: z.object({}) });
