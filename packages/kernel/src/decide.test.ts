import { describe, expect, test } from "vitest";
import { doorEvents, doors } from "./doors.fixture.ts";
import { decide, defineDomain, pathOf, ref, viewOf, type Ref } from "./index.ts";
import { advance, createInstance, type Instance } from "./instance.ts";
import { fixedFacts, given } from "./testing/index.ts";

const domain = defineDomain(doors);
const { DoorMade, Opened, Moved, Gone } = doorEvents;
const pair = { "door/a": [DoorMade({ name: "a" })], "door/b": [DoorMade({ name: "b" })] };

describe("a command", () => {
  test("changes several aggregates by one decision", () =>
    given(domain, { ...pair, "door/c": [DoorMade({ name: "c" })] })
      .when("Open", "door/a", { with: "b", others: ["c"] })
      .thenEvents({ "door/a": [Opened({})], "door/b": [Opened({})], "door/c": [Moved({ to: "a" })] }));

  test("is rejected with the rule's own word", () =>
    given(domain, pair).when("Open", "door/a", { with: "nobody" }).thenRejected("no_twin"));

  test("that finds everything done decides nothing", () =>
    given(domain, { ...pair, "door/a": [DoorMade({ name: "a" }), Opened({})] })
      .when("Open", "door/a", { with: "b" })
      .thenNothing());

  test("for an aggregate that is not there, or no longer, finds nothing", async () => {
    await given(domain, pair).when("Open", "door/z", { with: "b" }).thenNotFound();
    await given(domain, { "door/a": [DoorMade({ name: "a" }), Gone({})] })
      .when("Remove", "door/a")
      .thenNotFound();
  });

  test("makes an aggregate once, and never again after it is gone", async () => {
    await given(domain)
      .when("MakeDoor", "door/a", { name: "a" })
      .thenEvents({ "door/a": [DoorMade({ name: "a" })] });
    await given(domain, pair).when("MakeDoor", "door/a", { name: "a" }).thenRejected("already_exists");
    await given(domain, { "door/a": [DoorMade({ name: "a" }), Gone({})] })
      .when("MakeDoor", "door/a", { name: "a" })
      .thenRejected("already_exists");
  });

  test("[G11] with wrong input names every wrong field", () =>
    given(domain, pair)
      .when("Open", "door/a", { with: 3, others: [1] })
      .thenInvalid("with", "others.0"));
});

describe("participants", () => {
  function loadedBy(
    step: (view: (ref: Ref) => ReturnType<typeof viewOf> | undefined) => ReturnType<typeof decide>,
    history: Record<string, Instance>,
  ) {
    const loaded = new Set<string>();
    const rounds: string[][] = [];
    for (;;) {
      const result = step((the) =>
        loaded.has(pathOf(the)) ? viewOf(history[pathOf(the)] ?? createInstance(domain.aggregates.get("door")!, the)) : undefined,
      );
      if (result.kind !== "needs") return { result, rounds };
      rounds.push(result.refs.map(pathOf));
      for (const the of result.refs) loaded.add(pathOf(the));
    }
  }
  const made = (id: string, place: string | null) => {
    const instance = createInstance(domain.aggregates.get("door")!, ref("door", id));
    advance(instance, DoorMade({ name: id }), "t");
    if (place !== null) advance(instance, Moved({ to: place }), "t");
    return instance;
  };
  const command = (name: string) => domain.aggregates.get("door")!.commands.get(name)!;
  const ask = (name: string, input: unknown, history: Record<string, Instance>) =>
    loadedBy((view) => decide({ domain, command: command(name), target: ref("door", "a"), input, facts: fixedFacts(), view }), history);

  test("are found step by step, and what is only read is asserted by version or as alive", () => {
    const { result, rounds } = ask(
      "Open",
      { with: "b", others: ["c"] },
      { "door/a": made("a", null), "door/b": made("b", "d"), "door/c": made("c", null), "door/d": made("d", null) },
    );
    expect(rounds).toEqual([["door/a"], ["door/b", "door/c"], ["door/d"]]);
    expect(result).toMatchObject({ kind: "decided", reads: [{ ref: { id: "d" }, asserts: "alive" }] });
  });

  test("that are seen in two roles are asserted by version", () => {
    const { result } = ask("Open", { with: "b", others: [] }, { "door/a": made("a", null), "door/b": made("b", "a") });
    expect(result).toMatchObject({ kind: "decided", reads: [] });
  });

  test("that are not there, though the rule goes on without them, are asserted by the version that was seen", () => {
    const command = { ...domain.aggregates.get("door")!.commands.get("Open")!, decide: () => [Opened({})] };
    const history: Record<string, Instance> = { "door/a": made("a", null), "door/b": made("b", "nowhere") };
    const view = (the: Ref) => viewOf(history[pathOf(the)] ?? createInstance(domain.aggregates.get("door")!, the));
    const step = decide({ domain, command, target: ref("door", "a"), input: { with: "b", others: [] }, facts: fixedFacts(), view });
    expect(step).toMatchObject({
      kind: "decided",
      reads: [
        { ref: { id: "b" }, asserts: "version" },
        { ref: { id: "nowhere" }, asserts: "version" },
      ],
    });
  });

  test("are bounded", () => {
    expect(() => ask("Endless", {}, { "door/a": made("a", null) })).toThrow(expect.objectContaining({ code: "too_many_participants" }));
    const nine = Array.from({ length: 9 }, (_, index) => `d${index}`);
    expect(() => ask("Open", { with: "b", others: nine }, { "door/a": made("a", null) })).toThrow(/more than 8/);
  });

  test("that find nothing to do assert nothing", () => {
    const open = made("a", null);
    advance(open, Opened({}), "t");
    expect(ask("Open", { with: "b", others: [] }, { "door/a": open, "door/b": made("b", null) }).result).toEqual({
      kind: "decided",
      changes: [],
      reads: [],
    });
  });
});

describe("a rule with a bug is caught before anything is committed", () => {
  test.each([
    ["Stray", /no participant/],
    ["Unknown", /no event of door\/a/],
    ["Unfit", /name: /],
    ["Astray", /window\/w as twin/],
  ])("%s", async (name, message) => {
    const outcome = given(domain, pair).when(name, "door/a").outcome();
    await expect(outcome).rejects.toThrow(expect.objectContaining({ code: "invalid_decision", message: expect.stringMatching(message) }));
  });
});
