import { assign, createMachine } from "xstate";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { doorEvents, doors } from "./doors.fixture.ts";
import {
  advance,
  createInstance,
  defineAggregate,
  defineDomain,
  events,
  fits,
  next,
  hasEnded,
  ref,
  register,
  replay,
  restore,
  snapshotOf,
  stateOf,
  upcast,
  versioned,
  viewOf,
  type RecordedEvent,
} from "./index.ts";

const kind = defineDomain(doors).aggregates.get("door")!;
const { DoorMade, Moved, Opened, Gone } = doorEvents;
const made = () => {
  const instance = createInstance(kind, ref("door", "a"));
  advance(instance, DoorMade({ name: "a" }), "t1");
  return instance;
};
const recorded = (version: number, type: string, data: RecordedEvent["data"] = {}, schema = 1): RecordedEvent => ({
  id: `c/${version}`,
  stream: ref("door", "a"),
  version,
  position: version,
  type,
  schema,
  machine: 1,
  time: `t${version}`,
  data,
  meta: { command: "c", actor: null, correlation: "c", causation: null },
});

describe("an instance", () => {
  test("moves by events that its chart allows, and by nothing else", () => {
    const instance = made();
    expect(() => advance(instance, DoorMade({ name: "b" }), "t2")).toThrow(
      expect.objectContaining({
        code: "illegal_event",
        details: { aggregate: "door/a", version: 2, state: '{"existing":"shut"}', event: "DoorMade" },
      }),
    );
    advance(instance, Opened({}), "t2");
    expect(viewOf(instance)).toMatchObject({ version: 2, exists: true, ended: false, state: { value: { existing: "open" } } });
    expect(() => advance(createInstance(kind, ref("door", "b")), Opened({}), "t")).toThrow(/in state absent/);
  });

  test("that has ended takes nothing more", () => {
    const instance = made();
    advance(instance, Gone({}), "t2");
    expect(hasEnded(stateOf(instance))).toBe(true);
    expect(viewOf(instance)).toMatchObject({ exists: false, ended: true });
    expect(() => advance(instance, Opened({}), "t3")).toThrow(expect.objectContaining({ code: "illegal_event" }));
  });

  test("is not moved by what is tried on its state", () => {
    const instance = made();
    const tried = next(next(stateOf(instance), Moved({ to: "x" }), "t2"), Opened({}), "t3");
    expect([instance.version, viewOf(instance).state.value]).toEqual([1, { existing: "shut" }]);
    expect(tried).toMatchObject({ version: 3, time: "t3" });
    expect(viewOf(tried)).toMatchObject({ exists: true, state: { value: { existing: "open" }, context: { place: "x" } } });
  });

  test("[G9] comes by the pure step to where the actor comes", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(Moved({ to: "x" }), Moved({ to: null }), Opened({}), Gone({}), DoorMade({ name: "b" }))),
        (events) => {
          const instance = made();
          let state = stateOf(instance);
          for (const event of events) {
            const [pure, live] = [codeOf(() => (state = next(state, event, "t"))), codeOf(() => advance(instance, event, "t"))];
            expect(pure).toBe(live);
            const { value, context, status } = viewOf(instance).state;
            expect(state.snapshot).toMatchObject({ value, context, status });
            expect(state.version).toBe(instance.version);
          }
        },
      ),
    );
  });
  const codeOf = (step: () => unknown): unknown => {
    try {
      step();
      return "ok";
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  test("whose chart throws says so at once, and nothing is thrown later", () => {
    const broken = createMachine({
      initial: "a",
      states: {
        a: {
          on: {
            Made: {
              actions: assign(() => {
                throw new Error("a bug");
              }),
            },
          },
        },
      },
    });
    const domain = defineDomain(register(defineAggregate("x", { events: events({ Made: z.object({}) }), machine: broken }), {}));
    const instance = createInstance(domain.aggregates.get("x")!, ref("x", "a"));
    expect(() => next(stateOf(instance), { type: "Made" }, "t")).toThrow(expect.objectContaining({ code: "chart_failed" }));
    expect(() => advance(instance, { type: "Made" }, "t")).toThrow(expect.objectContaining({ code: "chart_failed" }));
  });
});

describe("replay", () => {
  test("[G9] leads where the events led the first time", () => {
    const steps = fc.array(fc.constantFrom(Moved({ to: "x" }), Moved({ to: null })), { maxLength: 20 });
    fc.assert(
      fc.property(steps, fc.nat(20), (events, cut) => {
        const live = made();
        for (const [index, event] of events.entries()) advance(live, event, `t${index + 2}`);
        const again = createInstance(kind, ref("door", "a"));
        const history = [DoorMade({ name: "a" }), ...events].map((event, index) => recorded(index + 1, event.type, event.data));
        for (const event of history.slice(0, cut)) replay(again, event);
        const continued = restore(kind, JSON.parse(JSON.stringify(snapshotOf(again))) as ReturnType<typeof snapshotOf>);
        for (const event of history.slice(cut)) replay(continued, event);
        expect(snapshotOf(continued)).toEqual(snapshotOf(live));
      }),
    );
  });

  test("[D16] stops at a hole, an unknown event, a newer version, a version without a path", () => {
    expect(() => replay(made(), recorded(3, "Opened"))).toThrow(/hole/);
    expect(() => replay(made(), recorded(2, "Exploded"))).toThrow(expect.objectContaining({ code: "unreadable_event" }));
    expect(() => replay(made(), recorded(2, "Opened", {}, 2))).toThrow(/newer/);
    expect(() => replay(made(), recorded(2, "Opened", {}, 0))).toThrow(/no upcasts/);
  });

  test("stops where the chart does not allow what history says, naming aggregate, version and state", () => {
    expect(() => replay(made(), recorded(2, "DoorMade", { name: "b" }))).toThrow(
      /door\/a: the chart allows no DoorMade as version 2, in state/,
    );
  });

  test("brings older data up to the present shape, by the shortest path", () => {
    const sizes = events({
      Sized: versioned(4, z.object({ cm: z.number() }), [
        upcast(1, 2, ({ inch }: { inch: number }) => ({ halfInch: inch * 2 })),
        upcast(2, 3, ({ halfInch }: { halfInch: number }) => ({ mm: halfInch * 12.7 })),
        upcast(3, 4, ({ mm }: { mm: number }) => ({ cm: mm / 10 })),
        upcast(2, 4, ({ halfInch }: { halfInch: number }) => ({ cm: halfInch * 1.27 })),
      ]),
    });
    const machine = createMachine({
      types: {} as { context: { cm: number }; events: { type: "Sized"; data: { cm: number } } },
      context: { cm: 0 },
      initial: "a",
      states: { a: { on: { Sized: { actions: assign(({ event }) => event.data) } } } },
    });
    const domain = defineDomain(register(defineAggregate("x", { events: sizes, machine }), {}));
    const instance = createInstance(domain.aggregates.get("x")!, ref("x", "a"));
    const contexts = [
      recorded(1, "Sized", { inch: 1 }, 1),
      recorded(2, "Sized", { mm: 30 }, 3),
      recorded(3, "Sized", { cm: 5 }, 4),
      recorded(4, "Sized", { inch: 2 }, 1),
    ].map((event) => {
      replay(instance, event);
      return (viewOf(instance).state.context as { cm: number }).cm;
    });
    expect(contexts).toEqual([2.54, 3, 5, 5.08]);
  });

  test("refuses downgrades and doubled edges when they are declared", () => {
    expect(() => upcast(2, 1, () => ({}))).toThrow(/later/);
    expect(() => upcast(0, 1, () => ({}))).toThrow(expect.objectContaining({ code: "definition" }));
    expect(() => versioned(2, z.object({}), [upcast(1, 3, () => ({}))])).toThrow(/past the current/);
    expect(() => versioned(2, z.object({}), [upcast(1, 2, () => ({})), upcast(1, 2, () => ({}))])).toThrow(/two upcasts/);
  });
});

describe("a snapshot", () => {
  test("[D20] is used only by the machine that made it", () => {
    const snapshot = snapshotOf(made());
    expect(fits(kind, snapshot)).toBe(true);
    expect(fits({ ...kind, version: 2 }, snapshot)).toBe(false);
    expect(fits({ ...kind, structure: "other" }, snapshot)).toBe(false);
  });
  test("with a state that the chart does not have is refused", () => {
    const snapshot = snapshotOf(made());
    expect(() => restore(kind, { ...snapshot, state: { ...snapshot.state, value: "nowhere" } })).toThrow(
      expect.objectContaining({ code: "corrupt_snapshot" }),
    );
  });
  test("of an ended aggregate is still ended", () => {
    const instance = made();
    advance(instance, Gone({}), "t2");
    expect(viewOf(restore(kind, snapshotOf(instance)))).toMatchObject({ ended: true, version: 2 });
  });
});
