import { AggregateId } from "@aethyr/kernel";
import { z } from "zod";
import { Description } from "../shared/texts.ts";

export const Direction = z.enum(["north", "east", "south", "west", "up", "down", "northeast", "northwest", "southeast", "southwest"]);
export type Direction = z.infer<typeof Direction>;

export const Door = z.strictObject({
  /** What players call it: `gate`, `wooden`. */
  keywords: z.array(z.string().min(1).max(64)).max(16).readonly(),
  description: Description,
  state: z.enum(["open", "closed", "locked"]),
  pickproof: z.boolean().exactOptional(),
  /** What its keys have in common, such as the id of the prototype that they are made from. */
  keyId: AggregateId.exactOptional(),
});

export type Door = z.infer<typeof Door>;

/** What a door is called in a sentence. */
export const doorName = ({ keywords }: Pick<Door, "keywords">): string => keywords[0] ?? "door";

/** A way out of a room. It leads one way: the way back is an exit of the other room. */
export const Exit = z.strictObject({
  /** `null` leads nowhere: a view, a bricked-up door. Nobody goes there. */
  targetRoomId: AggregateId.nullable(),
  door: Door.exactOptional(),
  description: Description.exactOptional(),
});
export type Exit = z.infer<typeof Exit>;
