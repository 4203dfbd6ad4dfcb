import { events } from "@aethyr/kernel";
import { z } from "zod";
import { Attributes, attributes } from "../shared/attributes.ts";
import { deletion } from "../shared/deletion.ts";
import { Description, Name } from "../shared/texts.ts";
import { Direction, Exit } from "./exit.ts";

// These names and shapes are stored for ever: add, never rename; to change a shape, make it `versioned`.
export const roomEvents = events({
  RoomCreated: z.object({ name: Name, description: Description, attributes: Attributes }),
  RoomDescriptionUpdated: z.object({ description: Description }),
  RoomExitAdded: z.object({ direction: Direction, ...Exit.shape }),
  RoomExitRemoved: z.object({ direction: Direction }),
  ...attributes.events.catalogue,
  ...deletion.catalogue,
});
