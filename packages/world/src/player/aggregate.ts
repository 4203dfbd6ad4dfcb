import { defineAggregate, handles, type EventOf, type Sealed } from "@aethyr/kernel";
import { assign, setup } from "xstate";
import { inventory } from "../containment/inventory.ts";
import { place } from "../containment/place.ts";
import { attributes } from "../shared/attributes.ts";
import { playerEvents } from "./events.ts";
import { posture } from "./posture.ts";

const initial = {
  name: "",
  generic: "player",
  passwordHash: null as Sealed | null,
  admin: false,
  ...attributes.initial,
  ...place.initial,
  ...inventory.initial,
  ...posture.initial,
};

const machine = setup({
  types: {} as { context: typeof initial; events: EventOf<typeof playerEvents.catalogue> },
}).createMachine({
  context: initial,
  initial: "absent",
  states: {
    absent: { on: { PlayerCreated: { target: "existing", actions: assign(({ event }) => event.data) } } },
    existing: {
      on: {
        PlayerPasswordUpdated: { actions: assign(({ event }) => event.data) },
        PlayerAdminStatusUpdated: { actions: assign(({ event }) => event.data) },
        ...handles(attributes),
        ...handles(place),
        ...handles(inventory),
        ...handles(posture),
        // Whoever is elsewhere neither sits nor poses there as they did here.
        GameObjectContainerUpdated: { actions: assign(({ event }) => ({ ...event.data, ...posture.initial })) },
        GameObjectDeleted: "deleted",
      },
    },
    deleted: { type: "final" },
  },
});

/** Someone's character: a game object with a password, which stands in rooms only. */
export const player = defineAggregate("player", { events: playerEvents, machine });
