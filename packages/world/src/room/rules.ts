import { z } from "zod";
import { Attributes } from "../shared/attributes.ts";
import { deletion } from "../shared/deletion.ts";
import { Description, Name } from "../shared/texts.ts";
import { room } from "./aggregate.ts";
import { roomEvents } from "./events.ts";

const { RoomCreated, RoomDescriptionUpdated } = roomEvents;
const { GameObjectDeleted } = deletion;

export const CreateRoom = room.command({
  creates: true,
  input: z.strictObject({ name: Name, description: Description.default(""), attributes: Attributes.default({}) }),
  decide: ({ input }) => [RoomCreated(input)],
});

/** "" clears it. */
export const UpdateRoomDescription = room.command({
  input: z.strictObject({ description: Description }),
  decide: ({ self, input }) => (self.state.context.description === input.description ? [] : [RoomDescriptionUpdated(input)]),
});

/** The room does not know what is in it: that stays, in a place that is no more, and can be moved away. Exits hither lead nowhere. */
export const deleteRoom = room.command({
  input: z.strictObject({}),
  decide: () => [GameObjectDeleted({})],
});
