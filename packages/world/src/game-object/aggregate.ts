import { defineAggregate, handles, type EventOf } from "@aethyr/kernel";
import { assign, setup } from "xstate";
import { inventory } from "../containment/inventory.ts";
import { place } from "../containment/place.ts";
import { attributes } from "../shared/attributes.ts";
import { gameObjectEvents } from "./events.ts";
import { seat } from "./seat.ts";

const initial = { name: "", generic: "", ...attributes.initial, ...place.initial, ...inventory.initial, ...seat.initial };

const machine = setup({
  types: {} as { context: typeof initial; events: EventOf<typeof gameObjectEvents.catalogue> },
}).createMachine({
  context: initial,
  initial: "absent",
  states: {
    absent: { on: { GameObjectCreated: { target: "existing", actions: assign(({ event }) => event.data) } } },
    existing: {
      on: {
        ...handles(attributes),
        ...handles(place),
        ...handles(inventory),
        ...handles(seat),
        // Nobody sits on what is elsewhere.
        GameObjectContainerUpdated: { actions: assign(({ event }) => ({ ...event.data, ...seat.initial })) },
        GameObjectDeleted: "deleted",
      },
    },
    deleted: { type: "final" },
  },
});

/** A thing, or a creature that nobody plays. It can hold and wear other things. */
export const gameObject = defineAggregate("game-object", { events: gameObjectEvents, machine });
