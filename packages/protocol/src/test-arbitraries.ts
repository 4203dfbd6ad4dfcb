import { asJson, type Json } from "@aethyr/kernel";
import fc from "fast-check";
import type { CommandEnvelope } from "./command.ts";
import type { ContentType } from "./content-type.ts";
import { protocolVersion } from "./version.ts";
import { type Reply, replyCodes, type Refused } from "./reply.ts";

const isJson = (value: unknown): boolean => {
  try {
    asJson(value);
    return true;
  } catch {
    return false;
  }
};

/** Any value that may travel: strange keys, long and non-Latin strings, every kind of number, nesting. */
export const jsons: fc.Arbitrary<Json> = fc
  .oneof(
    { weight: 4, arbitrary: fc.jsonValue({ maxDepth: 6, stringUnit: "binary" }) },
    {
      weight: 1,
      arbitrary: fc.oneof(
        fc.maxSafeInteger(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.string({ maxLength: 400, unit: "grapheme" }),
      ),
    },
    {
      weight: 1,
      arbitrary: fc.dictionary(
        fc.constantFrom("constructor", "hasOwnProperty", "toJSON", "toString", "length", "0", "", "a.b", "\t__proto__"),
        fc.jsonValue(),
      ),
    },
  )
  // Objects without a prototype become plain ones, which is what reading gives.
  .map((value) => structuredClone(value))
  .filter(isJson) as fc.Arbitrary<Json>;

export const contentTypesOf: fc.Arbitrary<ContentType> = fc.constantFrom("application/msgpack", "application/json");

const first = ["a", "b", "X", "Y", "0", "9", "_", "-"];
const name = (rest: readonly string[], most: number): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(...first), fc.string({ unit: fc.constantFrom(...first, ...rest), maxLength: most - 1 }))
    .map(([head, tail]) => head + tail);

export const refs = fc.record({ type: name(["."], 32), id: name(["."], 128) }, { noNullPrototype: true });
const commandIds = name([".", ":"], 128);
const words = fc.string({ minLength: 1, maxLength: 64, unit: "grapheme" }).filter((text) => text.length <= 64 && text.isWellFormed());

export const commands: fc.Arbitrary<CommandEnvelope> = fc.record(
  {
    v: fc.constant<1>(protocolVersion),
    id: commandIds,
    type: words,
    target: refs,
    data: jsons,
    actor: fc.option(words),
    correlation: fc.option(commandIds),
    causation: fc.option(words),
  },
  { requiredKeys: ["v", "id", "type", "target", "data"], noNullPrototype: true },
);

const common = { v: fc.constant<1>(protocolVersion), command: commandIds };
export const replies: fc.Arbitrary<Reply> = fc.oneof(
  fc.record(
    {
      ...common,
      code: fc.constant("accepted" as const),
      changed: fc.array(fc.record({ stream: refs, version: fc.integer({ min: 1 }) }, { noNullPrototype: true })),
      position: fc.nat(),
      provisional: fc.constant(true as const),
      final: fc.constant(true as const),
    },
    { requiredKeys: ["v", "command", "code", "changed", "position"], noNullPrototype: true },
  ),
  fc.record(
    {
      ...common,
      code: fc.constantFrom(...replyCodes.filter((code): code is Refused["code"] => code !== "accepted")),
      message: words,
      reason: words,
      issues: fc.array(fc.record({ path: words, message: words }, { noNullPrototype: true })),
      details: fc.record({ direction: words, count: fc.nat() }, { noNullPrototype: true }),
      final: fc.constant(true as const),
    },
    { requiredKeys: ["v", "command", "code", "message"], noNullPrototype: true },
  ),
);
