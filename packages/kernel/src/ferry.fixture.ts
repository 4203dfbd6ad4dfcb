import { assign, setup } from "xstate";
import { z } from "zod";
import {
  alive,
  defineAggregate,
  defineDomain,
  events,
  many,
  oneOf,
  ref,
  register,
  reject,
  to,
  upcast,
  versioned,
  type EventOf,
} from "./index.ts";

/** The example of the README: a ferry that takes passengers from pier to pier. */
export const pierEvents = events({ PierBuilt: z.object({}), PierGone: z.object({}) });

const pier = defineAggregate("pier", {
  events: pierEvents,
  machine: setup({ types: {} as { context: {}; events: EventOf<typeof pierEvents.catalogue> } }).createMachine({
    context: {},
    initial: "absent",
    states: {
      absent: { on: { PierBuilt: "existing" } },
      existing: { on: { PierGone: "gone" } },
      gone: { type: "final" },
    },
  }),
});

export const passengerEvents = events({
  PassengerCame: z.object({ pier: z.string() }),
  SteppedAboard: z.object({ ferry: z.string() }),
  SteppedAshore: z.object({ pier: z.string() }),
});

const passenger = defineAggregate("passenger", {
  events: passengerEvents,
  machine: setup({
    types: {} as { context: { pier: string | null }; events: EventOf<typeof passengerEvents.catalogue> },
  }).createMachine({
    context: { pier: null },
    initial: "absent",
    states: {
      absent: { on: { PassengerCame: { target: "existing", actions: assign(({ event }) => event.data) } } },
      existing: {
        initial: "ashore",
        states: {
          ashore: { on: { SteppedAboard: { target: "aboard", actions: assign({ pier: null }) } } },
          aboard: { on: { SteppedAshore: { target: "ashore", actions: assign(({ event }) => event.data) } } },
        },
      },
    },
  }),
});

export const ferryEvents = events({
  FerryLaunched: versioned(2, z.object({ pier: z.string(), seats: z.int().min(1) }), [
    upcast(1, 2, ({ pier: at }: { pier: string }) => ({ pier: at, seats: 8 })),
  ]),
  Boarded: z.object({ passengerId: z.string() }),
  CastOff: z.object({}),
  Landed: z.object({ pier: z.string() }),
  FerrySunk: z.object({ at: z.string() }),
});
const { FerryLaunched, Boarded, CastOff, Landed, FerrySunk } = ferryEvents;

const ferryMachine = setup({
  types: {} as {
    context: { pier: string; seats: number; aboard: readonly string[] };
    events: EventOf<typeof ferryEvents.catalogue>;
  },
}).createMachine({
  context: { pier: "", seats: 0, aboard: [] },
  initial: "absent",
  states: {
    absent: { on: { FerryLaunched: { target: "existing", actions: assign(({ event }) => event.data) } } },
    existing: {
      initial: "moored",
      on: { FerrySunk: "sunk" },
      states: {
        moored: {
          on: {
            Boarded: { actions: assign(({ context, event }) => ({ aboard: [...context.aboard, event.data.passengerId].sort() })) },
            CastOff: "underway",
          },
        },
        underway: {
          on: { Landed: { target: "moored", actions: assign(({ event }) => ({ pier: event.data.pier, aboard: [] })) } },
        },
      },
    },
    sunk: { type: "final" },
  },
});

const ferry = defineAggregate("ferry", { events: ferryEvents, machine: ferryMachine });

const Launch = ferry.command({
  input: z.object({ pier: z.string(), seats: z.int().min(1).default(8) }),
  creates: true,
  parties: { pier: alive(pier) },
  participants: ({ input }) => ({ pier: ref("pier", input.pier) }),
  decide: ({ pier: at, input }) => (at?.exists ? [FerryLaunched(input)] : reject("no_pier", `there is no pier ${input.pier}`)),
});

const Board = ferry.command({
  input: z.object({ passengerId: z.string() }),
  parties: { passenger: oneOf(passenger) },
  participants: ({ input }) => ({ passenger: ref("passenger", input.passengerId) }),
  decide: ({ self, passenger: who }) => {
    const { aboard, pier: at, seats } = self.state.context;
    if (!who?.exists) return reject("no_passenger", "there is nobody of that name");
    if (aboard.includes(who.id)) return [];
    if (!self.state.matches({ existing: "moored" })) return reject("underway", "it has cast off");
    if (who.state.context.pier !== at) return reject("elsewhere", `the ferry is at ${at}`, { pier: at });
    if (aboard.length >= seats) return reject("full", "there is no seat left");
    return [Boarded({ passengerId: who.id }), to(who, passengerEvents.SteppedAboard({ ferry: self.id }))];
  },
});

const Depart = ferry.command({
  input: z.object({}),
  decide: ({ self }) => (self.state.matches({ existing: "moored" }) ? [CastOff({})] : []),
});

const Land = ferry.command({
  input: z.object({ pier: z.string() }),
  parties: { pier: alive(pier), passengers: many(passenger) },
  participants: ({ self, input }) => ({
    pier: ref("pier", input.pier),
    passengers: self.state.context.aboard.map((id) => ref("passenger", id)),
  }),
  limit: 100,
  decide: ({ self, pier: at, passengers, facts }) => {
    if (!self.state.matches({ existing: "underway" })) return reject("moored", "it has not cast off");
    if (!at?.exists) return reject("no_pier", "there is no pier to land at");
    if (facts.random() < 0.001) return [FerrySunk({ at: facts.now })];
    return [Landed({ pier: at.id }), ...passengers.map((each) => to(each, passengerEvents.SteppedAshore({ pier: at.id })))];
  },
});

export const domain = defineDomain(register(pier, {}), register(passenger, {}), register(ferry, { Launch, Board, Depart, Land }));
