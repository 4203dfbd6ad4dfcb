import { defineAggregate, defineDomain, events, register, type EventOf } from "@aethyr/kernel";
import { assign, setup } from "xstate";
import { z } from "zod";

const doorEvents = events({ Opened: z.object({}), Shut: z.object({}) });

const machine = setup({
  types: {} as { context: { moved: number }; events: EventOf<typeof doorEvents.catalogue> },
  actions: { count: assign({ moved: ({ context }) => context.moved + 1 }) },
}).createMachine({
  context: { moved: 0 },
  initial: "shut",
  states: {
    shut: { on: { Opened: { target: "open", actions: "count" } } },
    open: { on: { Shut: { target: "shut", actions: "count" } } },
  },
});

/** Doors that open and shut in turn, and count it. */
export const doors = defineDomain(register(defineAggregate("door", { events: doorEvents, machine }), {}));
