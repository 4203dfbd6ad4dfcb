import { assign, createMachine } from "xstate";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { doorEvents, doorMachine, door, doors, paint, paints } from "./doors.fixture.ts";
import { defineAggregate, defineDomain, events, extend, fragment, handles, register } from "./index.ts";
import { given } from "./testing/index.ts";

const { DoorMade, Opened } = doorEvents;

describe("a domain", () => {
  test("extends an aggregate from outside, in whatever order they are named", async () => {
    for (const domain of [defineDomain(doors, paints), defineDomain(paints, doors), defineDomain(defineDomain(doors), paints)]) {
      await given(domain, { "door/a": [DoorMade({ name: "a" })] })
        .when("Paint", "door/a", { colour: "red" })
        .thenEvents({ "door/a": [paint.events.Painted({ colour: "red" })] });
      expect(given(domain, { "door/a": [DoorMade({ name: "a" })] }).state("door/a")).toEqual({ name: "a", place: null, colour: "none" });
    }
  });

  test("leaves the chart the law over an extension's events: none where the state does not take them", async () => {
    const open = given(defineDomain(doors, paints), { "door/a": [DoorMade({ name: "a" }), Opened({})] });
    await expect(open.when("Paint", "door/a", { colour: "red" }).outcome()).rejects.toThrow(
      expect.objectContaining({ code: "illegal_event" }),
    );
  });

  const painting = fragment({ Painted: z.object({}) }, { paint: 0 }, { Painted: () => ({ paint: 1 }) });
  test.each([
    ["two aggregates of one type", () => defineDomain(doors, doors), /two aggregates/],
    ["an extension of nothing", () => defineDomain(paints), /not in this domain/],
    ["the same extension twice", () => defineDomain(doors, paints, paints), /has already/],
    [
      "the same event twice",
      () => defineDomain(doors, paints, register(extend(door, { name: "p", states: ["existing"], fragment: painting }), {})),
      /two events Painted/,
    ],
    [
      "the same command twice",
      () => defineDomain(doors, register(extend(door, { name: "p", states: ["existing"], fragment: painting }), doors.commands)),
      /two commands/,
    ],
    [
      "an extension in a state that is not there",
      () => defineDomain(doors, register(extend(door, { name: "p", states: ["flying.high"], fragment: painting }), {})),
      /flying/,
    ],
    [
      "an aggregate type that cannot be a name",
      () => defineAggregate("a/b", { events: doorEvents, machine: doorMachine }),
      /aggregate type/,
    ],
    [
      "an event that no state takes",
      () =>
        defineDomain(
          register(defineAggregate("d", { events: events({ ...doorEvents.catalogue, Unheard: z.object({}) }), machine: doorMachine }), {}),
        ),
      /no state of d's chart takes Unheard/,
    ],
    [
      "a chart that takes an event nobody declared",
      () => defineDomain(register(defineAggregate("d", { events: events({ DoorMade: z.object({}) }), machine: doorMachine }), {})),
      /not among its events/,
    ],
  ])("refuses %s", (_, define, message) => {
    expect(define).toThrow(expect.objectContaining({ code: "definition", message: expect.stringMatching(message) }));
  });
});

describe("a chart that would not replay exactly is refused:", () => {
  const made = events({ Made: z.object({}) });
  const define = (config: object) => () =>
    defineDomain(
      register(
        defineAggregate("x", {
          events: made,
          machine: createMachine({ initial: "a", states: { a: { on: { Made: "b" } }, b: {} }, ...config } as never),
        }),
        {},
      ),
    );
  const states = (b: object) => ({ states: { a: { on: { Made: "b" } }, b } });
  test.each([
    ["delays", states({ after: { 100: "a" } })],
    ["invocations", states({ invoke: { src: "x" } })],
    ["entry actions", states({ entry: assign({}) })],
    ["exit actions", states({ exit: [assign({})] })],
    ["eventless transitions", states({ always: "a" })],
    ["completion transitions", states({ onDone: "a" })],
    ["a first context made by a function", { context: () => ({ n: 1 }) }],
    ["history states", states({ initial: "h", states: { h: { type: "history" }, c: {} } })],
    ["actions that are no assign", states({ on: { Made: { actions: () => {} } } })],
    ["named actions that are not there", states({ on: { Made: { actions: "ring" } } })],
    ["transitions that do nothing", states({ on: { Made: {} } })],
    ["one of several transitions that does nothing", states({ on: { Made: [{ guard: () => true }, "a"] } })],
    ["one of several actions", states({ on: { Made: [{ guard: () => false, actions: [assign({}), { type: "ring" }] }] } })],
  ])("%s", (_, config) => {
    expect(define(config)).toThrow(expect.objectContaining({ code: "definition" }));
  });

  test("but assigns, guards on the event, nested and parallel states are fine", () => {
    const machine = createMachine(
      {
        initial: "a",
        states: {
          a: { on: { Made: { target: "b", guard: ({ event }) => event.type === "Made", actions: ["count", assign({})] } } },
          b: { type: "parallel", states: { c: {}, d: { entry: [] } } },
        },
      },
      { actions: { count: assign({}) } },
    );
    expect(defineDomain(register(defineAggregate("x", { events: made, machine }), {})).aggregates.has("x")).toBe(true);
  });
});

describe("the structure hash", () => {
  const hash = (change: Parameters<typeof fragment>[2], context: object = { n: 0 }, more: object = {}) => {
    const piece = fragment({ Changed: z.object({}) }, context, change as never);
    const machine = createMachine({ context, initial: "a", states: { a: { on: { ...handles(piece) } }, ...more } } as never);
    return defineDomain(register(defineAggregate("x", { events: piece.events, machine }), {})).aggregates.get("x")!.structure;
  };
  const one = () => ({ n: 1 });

  test("is the same for the same machine", () => expect(hash({ Changed: one })).toBe(hash({ Changed: one })));
  test("changes with a state, the first context, and what an event does", () => {
    const hashes = [
      hash({ Changed: one }),
      hash({ Changed: () => ({ n: 2 }) }),
      hash({ Changed: one }, { n: 5 }),
      hash({ Changed: one }, { n: 0 }, { b: {} }),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });
  test("is taken over guards, named or in place", () => {
    const guarded = (guard: unknown, named?: unknown) =>
      defineDomain(
        register(
          defineAggregate("x", {
            events: events({ Changed: z.object({}) }),
            machine: createMachine(
              { initial: "a", states: { a: { on: { Changed: { guard, target: "b" } } }, b: {} } } as never,
              (named === undefined ? {} : { guards: { wide: named } }) as never,
            ),
          }),
          {},
        ),
      ).aggregates.get("x")!.structure;
    const hashes = [guarded(() => true), guarded(() => false), guarded("wide", () => true), guarded("wide", () => false)];
    expect(new Set(hashes).size).toBe(hashes.length);
  });
  test("is taken over named actions and assigned fields too", () => {
    const of = (value: number) =>
      defineDomain(
        register(
          defineAggregate("x", {
            events: events({ Changed: z.object({}) }),
            machine: createMachine(
              { initial: "a", states: { a: { on: { Changed: { actions: ["set", assign({ m: () => 3 })] } } } } } as never,
              { actions: { set: value === 1 ? assign({ n: () => 1 }) : assign({ n: () => 2 }) } } as never,
            ),
          }),
          {},
        ),
      ).aggregates.get("x")!.structure;
    expect(of(1)).not.toBe(of(2));
    expect(of(1)).toBe(of(1));
  });
});
