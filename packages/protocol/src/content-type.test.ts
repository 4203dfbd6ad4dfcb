import { expect, test } from "vitest";
import { contentTypeOf } from "./content-type.ts";
import { MalformedMessageError } from "./errors.ts";

test.each([
  [undefined, "application/json"],
  ["", "application/json"],
  ["application/json", "application/json"],
  ["application/msgpack", "application/msgpack"],
  ["Application/JSON; charset=utf-8", "application/json"],
  [" application/msgpack ", "application/msgpack"],
])("the header %j means %s", (header, type) => {
  expect(contentTypeOf(header)).toBe(type);
});

test.each(["text/plain", ";", "application/x-msgpack"])("[G11] a message of type %j is malformed", (header) => {
  expect(() => contentTypeOf(header)).toThrow(MalformedMessageError);
});
