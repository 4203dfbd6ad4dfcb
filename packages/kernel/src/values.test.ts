import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  AggregateId,
  asJson,
  defineAggregate,
  pathOf,
  RefPath,
  refOf,
  sealed,
  Sealed,
  sealInput,
  defineDomain,
  events,
  register,
} from "./index.ts";
import { sealedFields } from "./sealed.ts";
import { doorMachine, doorEvents } from "./doors.fixture.ts";
import { fixedFacts, given, sealForTests } from "./testing/index.ts";

describe("JSON values", () => {
  test("pass, whatever they are", () => {
    // After a round trip, so that they are JSON values for certain: fast-check makes -0 too.
    const values = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown);
    fc.assert(
      fc.property(values, (value) => {
        fc.pre(!JSON.stringify(value).includes("__proto__"));
        expect(asJson(value)).toBe(value);
      }),
    );
  });

  class Box {
    readonly size = 1;
  }
  let deep: unknown = 1;
  for (let depth = 0; depth < 70; depth += 1) deep = [deep];
  const hidden = JSON.parse('{"a":{"__proto__":1}}') as unknown;
  // oxlint-disable-next-line no-sparse-arrays -- the hole is what is tested
  const sparse = [1, , 2];
  test.each([
    [undefined, ""],
    [{ a: undefined }, "a"],
    [[Number.NaN], "[0]"],
    [Number.POSITIVE_INFINITY, ""],
    [{ a: { b: -0 } }, "a.b"],
    [10n, ""],
    [new Date(), ""],
    [new Map(), ""],
    [() => 1, ""],
    [Symbol("x"), ""],
    [{ a: [new Box()] }, "a[0]"],
    [sparse, "[1]"],
    ["\ud800", ""],
    [{ "\ud800": 1 }, ""],
    [hidden, "a"],
  ])("[D15] what is none is refused with its place: %o", (value, path) => {
    expect(() => asJson(value)).toThrow(expect.objectContaining({ code: "not_json", details: { path } }));
  });
  test("nested beyond reason is refused", () => expect(() => asJson(deep)).toThrow(/nested deeper/));
});

describe("[D7] ids", () => {
  test.each(["", "__proto__", ".hidden", "a/b", "../up", "a b", "ü", "x".repeat(129)])("%j is none", (id) =>
    expect(AggregateId.safeParse(id).success).toBe(false),
  );
  test("a path names one aggregate, and back", () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,31}$/),
        fc.stringMatching(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/),
        (type, id) => {
          expect(refOf(RefPath.parse(pathOf({ type, id })))).toEqual({ type, id });
        },
      ),
    );
  });
});

describe("sealed fields", () => {
  const secretEvents = events({ ...doorEvents.catalogue });
  const aggregate = defineAggregate("safe", { events: secretEvents, machine: doorMachine });
  const Lock = aggregate.command({
    creates: true,
    input: z.object({ code: sealed(z.string().min(4)), hint: z.string().optional() }),
    decide: ({ input }) => [secretEvents.DoorMade({ name: input.code.slice(0, 6) })],
  });
  const domain = defineDomain(register(aggregate, { Lock }));
  const command = domain.aggregates.get("safe")!.commands.get("Lock")!;
  const seal = async (clear: string) => sealForTests("safe/a", clear);

  test("are found in the schema of a command", () => {
    expect(command.sealed.map(({ field }) => field)).toEqual(["code"]);
    expect(sealedFields(z.string())).toEqual([]);
  });
  test("come in the clear, are checked so, and are sealed before any rule sees them", async () => {
    expect(await sealInput(command, { code: "1234", hint: "x" }, seal)).toEqual({
      data: { code: sealForTests("safe/a", "1234"), hint: "x" },
    });
    await given(domain)
      .when("Lock", "safe/a", { code: "1234" })
      .thenEvents({ "safe/a": [secretEvents.DoorMade({ name: "sealed" })] });
    await given(domain).when("Lock", "safe/a", { code: "123" }).thenInvalid("code");
    await given(domain).when("Lock", "safe/a", {}).thenInvalid("code");
    await given(domain).when("Lock", "safe/a", null).thenInvalid("");
  });
  test("never stand in the message of a refusal", async () => {
    const refused = await sealInput(command, { code: "abc" }, seal);
    expect(JSON.stringify(refused)).not.toContain("abc");
  });
  test("hold nothing but sealed text in an event", () => {
    expect(Sealed.safeParse("$argon2id$secret").success).toBe(false);
    expect(Sealed.safeParse("sealed:1:no subject:abc").success).toBe(false);
    expect(sealed(z.string()).safeParse(sealForTests("safe/a", "x")).success).toBe(true);
  });
});

test("facts for tests are the same every time", () => {
  const [one, two] = [fixedFacts(7), fixedFacts(7)];
  const draws = [one.random(), one.random()];
  expect([two.random(), two.random()]).toEqual(draws);
  expect(draws.every((draw) => draw >= 0 && draw < 1)).toBe(true);
  expect([one.newId(), one.newId()]).toEqual(["id-1", "id-2"]);
});
