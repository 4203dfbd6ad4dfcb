import fc from "fast-check";
import { expect, test } from "vitest";
import { detailsOf, prototypeIdOf, traitsOf } from "./index.ts";
import type { Attributes } from "./shared/attributes.ts";

const thing = (attributes: Attributes, generic = "object") => ({ name: "a long iron Sword", generic, attributes });

test("a thing that says nothing can be taken, is called by its name, and is no more than that", () => {
  expect(traitsOf(thing({}))).toEqual({
    creature: false,
    keywords: ["long", "iron", "sword"],
    line: undefined,
    description: undefined,
    details: [],
    takeable: true,
    slots: [],
    container: null,
    seat: false,
  });
});

test("its attributes say what it is, and where they do not, those of its prototype do", () => {
  const prototype = { attributes: { keywords: ["RING", "gold"], wearFlags: ["take", "finger"], longDescription: "A ring.", seat: true } };
  expect(traitsOf(thing({ longDescription: "Her ring.", prototype: "p" }), prototype)).toMatchObject({
    keywords: ["ring", "gold"],
    line: "Her ring.",
    takeable: true,
    slots: ["finger-right", "finger-left"],
    seat: true,
  });
  expect(prototypeIdOf({ prototype: "p" })).toBe("p");
  expect(prototypeIdOf({ prototype: 7 })).toBeUndefined();
});

test("what has wear flags without `take` stays where it is", () => {
  expect(traitsOf(thing({ wearFlags: [] })).takeable).toBe(false);
  expect(traitsOf(thing({ wearFlags: ["take"] })).takeable).toBe(true);
});

test("a light fits the slot for lights, and then where it is worn", () =>
  expect(traitsOf(thing({ type: "light", wearFlags: ["take", "hold"] })).slots).toEqual(["light", "hold"]));

test("a container is open unless its numbers say that it is shut", () => {
  const container = (values: Attributes[string]) => traitsOf(thing({ type: "container", values })).container;
  expect([container([50, 0, -1, 0]), container([50, 5, -1, 0]), container([50]), container("x")]).toEqual([
    "open",
    "closed",
    "open",
    "open",
  ]);
});

test("a creature is neither taken, worn, opened nor sat on, whatever it says", () => {
  const attributes = { wearFlags: ["take", "body"], type: "container", seat: true };
  expect(traitsOf(thing(attributes, "mobile"))).toMatchObject({ creature: true, takeable: false, slots: [], container: null, seat: false });
});

test("details are what extra descriptions say, of a room too", () =>
  expect(detailsOf({ extraDescriptions: [{ keywords: ["fire"], text: "It burns." }] })).toEqual([
    { keywords: ["fire"], text: "It burns." },
  ]));

test("no attributes, of whatever shape, are too strange to read", () => {
  const keys = fc.constantFrom("keywords", "wearFlags", "type", "values", "seat", "longDescription", "description", "extraDescriptions");
  const attributes = fc.dictionary(keys, fc.jsonValue()) as fc.Arbitrary<Attributes>;
  fc.assert(fc.property(attributes, attributes, (own, other) => void traitsOf(thing(own), { attributes: other })));
});
