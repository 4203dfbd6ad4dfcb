import { CommandId } from "@aethyr/protocol";
import { z } from "zod";

/** An event as it is read from the feed: the fields that the log has, all of them always there. */
export const Event = z.object({
  id: z.string().describe("`<command id>/<ordinal>`"),
  stream: z.string().describe("The aggregate, as `type/id`"),
  version: z.int().positive().describe("Place in its stream: 1, 2, 3, … without gaps"),
  type: z.string().describe("What happened, such as `RoomExitAdded`"),
  schema: z.int().positive().describe("Version of the shape of `data`"),
  machine: z.int().positive().describe("Version of the aggregate's rules that accepted it"),
  time: z.iso.datetime().describe("UTC; never goes back within a stream"),
  data: z.unknown().describe("What happened, in the event's own fields"),
  command: CommandId.describe("Id of the command that it came of"),
  actor: z.string().nullable().describe("Who sent that command"),
  correlation: z.string().describe("Which story: the command's, or its id"),
  causation: z.string().nullable().describe("Why the command was sent: id of an event or command"),
});
