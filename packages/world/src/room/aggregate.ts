import { defineAggregate, handles, type EventOf } from "@aethyr/kernel";
import { assign, setup } from "xstate";
import { attributes } from "../shared/attributes.ts";
import { roomEvents } from "./events.ts";
import type { Direction, Exit } from "./exit.ts";

type Exits = Readonly<Partial<Record<Direction, Exit>>>;
const initial = { name: "", generic: "room", description: "", exits: {} as Exits, ...attributes.initial };

const machine = setup({
  types: {} as { context: typeof initial; events: EventOf<typeof roomEvents.catalogue> },
}).createMachine({
  context: initial,
  initial: "absent",
  states: {
    absent: { on: { RoomCreated: { target: "existing", actions: assign(({ event }) => event.data) } } },
    existing: {
      on: {
        RoomDescriptionUpdated: { actions: assign(({ event }) => event.data) },
        RoomExitAdded: {
          actions: assign(({ context, event }) => {
            const { direction, ...exit } = event.data;
            return { exits: { ...context.exits, [direction]: exit } };
          }),
        },
        RoomExitRemoved: {
          actions: assign(({ context, event }) => {
            const { [event.data.direction]: _, ...exits } = context.exits;
            return { exits };
          }),
        },
        ...handles(attributes),
        GameObjectDeleted: "deleted",
      },
    },
    deleted: { type: "final" },
  },
});

/** A place. It knows its exits but not who or what is in it: however many walk through, its stream stays as it is. */
export const room = defineAggregate("room", { events: roomEvents, machine });
