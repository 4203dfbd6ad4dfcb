import { expect, test } from "vitest";
import { concerns, jsonChanges } from "./json-changes.ts";

test("what differs is named by a JSON Pointer, as deep inside as both sides go; a list is one value", () => {
  const before = { same: { a: 1 }, list: [1, 2], deep: { "a/b~c": { x: 1, y: 2 }, gone: null } };
  const after = { same: { a: 1 }, list: [2], deep: { "a/b~c": { x: 1, y: 3 }, "": { new: true } } };
  expect(jsonChanges(before, after)).toEqual([
    { path: "/deep/", after: { new: true } },
    { path: "/deep/a~1b~0c/y", before: 2, after: 3 },
    { path: "/deep/gone", before: null },
    { path: "/list", before: [1, 2], after: [2] },
  ]);
  expect(jsonChanges({}, [])).toEqual([{ path: "", before: {}, after: [] }]);
});

test.each([
  ["/a", "/a", true],
  ["/a/b", "/a", true],
  ["/a", "/a/b", true],
  ["/ab", "/a", false],
  ["", "/a", true],
])("a change at %j concerns %j: %s", (one, other, does) => {
  expect(concerns(one, other)).toBe(does);
});
