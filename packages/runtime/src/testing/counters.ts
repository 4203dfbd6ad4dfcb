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
  sealed,
  Sealed,
  to,
  type EventOf,
} from "@aethyr/kernel";
import { assign, setup } from "xstate";
import { z } from "zod";

/** A small domain for tests of the runtime: counters that count, give to each other, fail on demand, keep a secret, and end. */
const counterEvents = events({
  Opened: z.object({}),
  Added: z.object({ amount: z.int() }),
  SecretSet: z.object({ secret: Sealed }),
  Stamped: z.object({ at: z.string(), id: z.string(), number: z.number() }),
  Noted: z.object({ text: z.string() }),
  Told: z.object({ total: z.int() }),
  Broken: z.object({}),
  Closed: z.object({}),
});
const { Opened, Added, SecretSet, Stamped, Noted, Told, Broken, Closed } = counterEvents;

const machine = setup({
  types: {} as { context: { total: number; marks: number; secret: Sealed | null }; events: EventOf<typeof counterEvents.catalogue> },
  actions: { mark: assign({ marks: ({ context }) => context.marks + 1 }) },
}).createMachine({
  context: { total: 0, marks: 0, secret: null },
  initial: "absent",
  states: {
    absent: { on: { Opened: "open" } },
    open: {
      on: {
        Added: { actions: assign(({ context, event }) => ({ total: context.total + event.data.amount })) },
        SecretSet: { actions: assign(({ event }) => event.data) },
        Stamped: { actions: "mark" },
        Noted: { actions: "mark" },
        Told: { actions: "mark" },
        Broken: {
          actions: assign(() => {
            throw new Error("this chart has a bug");
          }),
        },
        Closed: "closed",
      },
    },
    closed: { type: "final" },
  },
});
const counter = defineAggregate("counter", { events: counterEvents, machine, snapshotEvery: 10 });

const Open = counter.command({ input: z.object({}), creates: true, decide: () => [Opened({})] });
const Add = counter.command({
  input: z.object({ amount: z.int() }),
  decide: ({ self, input }) => {
    if (input.amount === 0) return [];
    if (self.state.context.total + input.amount < 0) return reject("not_enough", `${self.id} has ${self.state.context.total}`);
    return [Added(input)];
  },
});
const Give = counter.command({
  input: z.object({ amount: z.int().positive(), to: z.string() }),
  parties: { other: oneOf(counter) },
  participants: ({ input }) => ({ other: ref("counter", input.to) }),
  decide: ({ self, other, input }) => {
    if (!other?.exists) return reject("nobody", `${input.to} is not there`);
    if (other.id === self.id) return [];
    if (self.state.context.total < input.amount) return reject("not_enough", `${self.id} has ${self.state.context.total}`);
    return [Added({ amount: -input.amount }), to(other, Added({ amount: input.amount }))];
  },
});
/** Writes itself only if all the others, which it merely reads, add up to what is expected. */
const AddIfSum = counter.command({
  input: z.object({ others: z.array(z.string()), sum: z.int(), amount: z.int() }),
  parties: { others: many(counter) },
  participants: ({ input }) => ({ others: input.others.map((id) => ref("counter", id)) }),
  decide: ({ others, input }) => {
    const sum = others.reduce((whole, { state }) => whole + state.context.total, 0);
    return sum === input.sum ? [Added({ amount: input.amount })] : reject("other_sum", `the sum is ${sum}`);
  },
});
/** Writes another counter, not its own. */
const Push = counter.command({
  input: z.object({ amount: z.int().positive(), to: z.string() }),
  parties: { other: oneOf(counter) },
  participants: ({ input }) => ({ other: ref("counter", input.to) }),
  decide: ({ other, input }) =>
    other?.exists ? [to(other, Added({ amount: input.amount }))] : reject("nobody", `${input.to} is not there`),
});
/** Adds, as long as another is there, whatever becomes of its total. */
const AddBeside = counter.command({
  input: z.object({ amount: z.int(), beside: z.string() }),
  parties: { other: alive(counter) },
  participants: ({ input }) => ({ other: ref("counter", input.beside) }),
  decide: ({ other, input }) => (other?.exists ? [Added({ amount: input.amount })] : reject("nobody", `${input.beside} is not there`)),
});
/** Only where the total is exactly this: its answer tells which state it was decided on. */
const AddIfTotal = counter.command({
  input: z.object({ total: z.int(), amount: z.int() }),
  decide: ({ self, input }) =>
    self.state.context.total === input.total
      ? [Added({ amount: input.amount })]
      : reject("other_total", `the total is ${self.state.context.total}`, { total: self.state.context.total }),
});
/** Adds one, `times` times, in so many events. */
const AddOnes = counter.command({
  input: z.object({ times: z.int() }),
  decide: ({ input }) => Array.from({ length: input.times }, () => Added({ amount: 1 })),
});
const Stamp = counter.command({
  input: z.object({}),
  decide: ({ facts }) => [Stamped({ at: facts.now, id: facts.newId(), number: facts.random() })],
});
const Note = counter.command({ input: z.object({ length: z.int() }), decide: ({ input }) => [Noted({ text: "x".repeat(input.length) })] });
/** Records the total that it was decided on: a log tells whether that was true. */
const Tell = counter.command({ input: z.object({}), decide: ({ self }) => [Told({ total: self.state.context.total })] });
const SetSecret = counter.command({
  input: z.object({ secret: sealed(z.string().min(3)) }),
  decide: ({ self, input }) => (self.state.context.secret === input.secret ? [] : [SecretSet({ secret: input.secret })]),
});
const Close = counter.command({ input: z.object({}), decide: () => [Closed({})] });
const Throw = counter.command({
  input: z.object({}),
  decide: () => {
    throw new Error("this rule has a bug");
  },
});
/** Decides an event on which the chart throws. */
const Break = counter.command({ input: z.object({}), decide: () => [Added({ amount: 1 }), Broken({})] });
/** Decides an event that the chart refuses: it is open already. */
const Illegal = counter.command({ input: z.object({}), decide: () => [Added({ amount: 1 }), Opened({})] });

export const counters = defineDomain(
  register(counter, {
    Open,
    Add,
    Give,
    AddIfSum,
    Push,
    AddBeside,
    AddIfTotal,
    AddOnes,
    Stamp,
    Note,
    Tell,
    SetSecret,
    Close,
    Throw,
    Break,
    Illegal,
  }),
);
