import { defineAggregate, type EventOf } from "@aethyr/kernel";
import { assign, setup } from "xstate";
import { lanternEvents } from "./events.ts";

const machine = setup({
  types: {} as { context: { oil: number; litBy: string | null }; events: EventOf<typeof lanternEvents.catalogue> },
}).createMachine({
  context: { oil: 0, litBy: null },
  initial: "absent",
  states: {
    absent: { on: { LanternMade: { target: "existing", actions: assign(({ event }) => event.data) } } },
    existing: {
      initial: "dark",
      on: { LanternBroken: "broken" },
      states: {
        dark: {
          on: {
            LanternLit: { target: "lit", actions: assign(({ event }) => ({ litBy: event.data.by })) },
            LanternFilled: { actions: assign(({ event }) => event.data) },
          },
        },
        lit: {
          on: { LanternPutOut: { target: "dark", actions: assign(({ event }) => ({ oil: event.data.oilLeft, litBy: null })) } },
        },
      },
    },
    broken: { type: "final" },
  },
});

export const lantern = defineAggregate("lantern", { events: lanternEvents, machine });
