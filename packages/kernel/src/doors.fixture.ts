import { assign, setup } from "xstate";
import { z } from "zod";
import {
  alive,
  defineAggregate,
  events,
  extend,
  fragment,
  handles,
  many,
  oneOf,
  ref,
  register,
  reject,
  to,
  type EventOf,
} from "./index.ts";

/** A small domain for the kernel's own tests: doors that open together with a twin, and paint from outside. */
const placed = fragment(
  { Moved: z.object({ to: z.string().nullable() }) },
  { place: null as string | null },
  { Moved: (_, { to: place }) => ({ place }) },
);

export const doorEvents = events({
  ...placed.events.catalogue,
  DoorMade: z.object({ name: z.string().max(10) }),
  Opened: z.object({}),
  Gone: z.object({}),
});
const { DoorMade, Moved, Opened, Gone } = doorEvents;

export const doorMachine = setup({
  types: {} as { context: typeof placed.initial & { name: string }; events: EventOf<typeof doorEvents.catalogue> },
}).createMachine({
  context: { ...placed.initial, name: "" },
  initial: "absent",
  states: {
    absent: { on: { DoorMade: { target: "existing", actions: assign(({ event }) => event.data) } } },
    existing: { on: { ...handles(placed), Gone: "gone" }, initial: "shut", states: { shut: { on: { Opened: "open" } }, open: {} } },
    gone: { type: "final" },
  },
});
export const door = defineAggregate("door", { events: doorEvents, machine: doorMachine });

const MakeDoor = door.command({ input: z.object({ name: z.string().min(1) }), creates: true, decide: ({ input }) => [DoorMade(input)] });

/** Opens a door and its twin, if someone watches over the watchers, step by step: the last watcher must be nobody. */
const Open = door.command({
  input: z.object({ with: z.string(), others: z.array(z.string()).default([]) }),
  parties: { twin: oneOf(door), behind: alive(door), others: many(door) },
  participants: ({ input, twin }) => ({
    twin: ref("door", input.with),
    behind: twin === undefined || twin.state.context.place === null ? null : ref("door", twin.state.context.place),
    others: input.others.map((id) => ref("door", id)),
  }),
  limit: 8,
  decide: ({ self, twin, behind, others }) => {
    if (!twin?.exists) return reject("no_twin", "there is no twin", { looked: 1 });
    if (twin.state.context.place !== null && !behind?.exists) return reject("nothing_behind", "it leads nowhere");
    if (self.state.matches({ existing: "open" })) return [];
    // @ts-expect-error a wrong state name is a compile error where it stands
    if (self.state.matches("exsting")) return [];
    return [Opened({}), to(twin, Opened({})), ...others.map((other) => to(other, Moved({ to: self.id })))];
  },
});
// @ts-expect-error a wrong field of an event is a compile error where it stands
door.command({ input: z.object({}), decide: () => [DoorMade({ nam: "x" })] });

const Remove = door.command({ input: z.object({}), decide: () => [Gone({})] });

/** Rules with bugs, each of a kind that the kernel catches. */
const Stray = door.command({ input: z.object({}), decide: () => [{ to: ref("door", "unasked"), events: [Opened({})] }] });
const Unknown = door.command({ input: z.object({}), decide: () => [{ type: "Exploded", data: {} } as never] });
const Unfit = door.command({ input: z.object({}), decide: () => [DoorMade({ name: "much too long a name" })] });
const Astray = door.command({
  input: z.object({}),
  parties: { twin: oneOf(door) },
  participants: () => ({ twin: ref("window", "w") }),
  decide: () => [],
});
const Endless = door.command({
  input: z.object({}),
  parties: { others: many(door) },
  participants: ({ others }) => ({ others: Array.from({ length: (others?.length ?? 0) + 1 }, (_, index) => ref("door", `d${index}`)) }),
  decide: () => [],
});

export const doors = register(door, { MakeDoor, Open, Remove, Stray, Unknown, Unfit, Astray, Endless });

export const paint = fragment(
  { Painted: z.object({ colour: z.string() }) },
  { colour: "none" },
  { Painted: (_, { colour }) => ({ colour }) },
);
const painted = extend(door, { name: "paint", states: ["existing.shut"], fragment: paint });
const Paint = painted.command({
  input: z.object({ colour: z.string() }),
  decide: ({ self, input }) => (self.state.context.colour === input.colour ? [] : [paint.events.Painted(input)]),
});
export const paints = register(painted, { Paint });
