import { sealed, type AggregateKind, type CommandKind, type Domain } from "@aethyr/kernel";
import { expect, test } from "vitest";
import { z } from "zod";
import { describeCommands } from "./describe-commands.ts";

type Commands = Readonly<
  Record<string, { readonly input: z.ZodType; readonly creates?: boolean; readonly sealed?: CommandKind["sealed"] }>
>;

/** As much of a domain as is described. */
function domainOf(types: Readonly<Record<string, Commands>>): Domain {
  const kinds = Object.entries(types).map(([type, commands]) => {
    const described = Object.entries(commands).map(([name, rest]) => [name, { name, creates: false, sealed: [], ...rest }] as const);
    return [type, { type, commands: new Map(described) } as unknown as AggregateKind] as const;
  });
  return { registrations: [], aggregates: new Map(kinds) };
}

const typeOf = (schema: z.ZodType): string | undefined =>
  describeCommands(domainOf({ room: { Do: { input: z.object({ field: schema }) } } }))[0]?.fields[0]?.type;

test.each([
  ["string", z.string()],
  ["number", z.number()],
  ["integer", z.int()],
  ["boolean", z.boolean()],
  ["open | closed", z.enum(["open", "closed"])],
  ['"only"', z.literal("only")],
  ["string | null", z.string().nullable()],
  ["string | number", z.union([z.string(), z.number()])],
  ["string | null", z.string().min(1).nullable()],
  ["string[]", z.array(z.string())],
  ["(a | b)[]", z.array(z.enum(["a", "b"]))],
  ["object of number", z.record(z.string(), z.number())],
  ["object of any", z.record(z.string(), z.unknown())],
  ["{ x: integer, y?: string }", z.object({ x: z.int(), y: z.string().optional() })],
  ["any", z.custom(() => true)],
])("a field's type is told as %s", (text, schema) => {
  expect(typeOf(schema)).toBe(text);
});

test("a field may be left out, or has a default; a secret is told as what it is before it is sealed", () => {
  const clear = z.string().min(8);
  const input = z.object({ a: z.string(), b: z.string().optional(), c: z.int().default(5), d: sealed(clear) });
  expect(describeCommands(domainOf({ player: { Do: { input, sealed: [{ field: "d", clear }] } } }))[0]?.fields).toEqual([
    { name: "a", type: "string", required: true, secret: false },
    { name: "b", type: "string", required: false, secret: false },
    { name: "c", type: "integer", required: false, secret: false },
    { name: "d", type: "string", required: true, secret: true },
  ]);
});

test("commands are in order; what several types take alike is told once, what they take otherwise twice", () => {
  const plain = { input: z.object({}) };
  const domain = domainOf({
    room: { Same: plain, Other: plain, Make: { ...plain, creates: true } },
    player: { Same: plain, Other: { input: z.object({ a: z.string() }) } },
    thing: { Any: { input: z.unknown() } },
  });
  const told = (type?: string) => describeCommands(domain, type).map(({ command, targets, creates }) => [command, ...targets, creates]);
  expect(told()).toEqual([
    ["Any", "thing", false],
    ["Make", "room", true],
    ["Other", "player", false],
    ["Other", "room", false],
    ["Same", "player", "room", false],
  ]);
  expect(told("player")).toEqual([
    ["Other", "player", false],
    ["Same", "player", false],
  ]);
});
