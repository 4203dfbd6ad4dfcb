import { expect, test } from "vitest";
import { nearest } from "./nearest.ts";

const names = ["CreateRoom", "UpdateRoomDescription", "AddRoomExit", "RemoveRoomExit"];

test.each([
  ["UpdateRoomDescription", "UpdateRoomDescription"],
  ["createroom", "CreateRoom"],
  ["create_room", "CreateRoom"],
  ["CrateRoom", "CreateRoom"],
  ["UpdateDescription", "UpdateRoomDescription"],
  ["AddExit", undefined],
  ["AddRoomExits", "AddRoomExit"],
  ["Dance", undefined],
  ["", undefined],
])("who writes %j probably means %s", (written, meant) => {
  expect(nearest(written, names)).toBe(meant);
});

test.each([["UpdateGameObjectAttribute"], ["UpdateGameObjectAttributes"]])(
  "of several that are near, %s is the nearest to itself",
  (name) => {
    expect(nearest(name.toLowerCase(), ["UpdateGameObjectAttributes", "UpdateGameObjectAttribute", "UpdateGameObjectContainer"])).toBe(
      name,
    );
  },
);

test("nothing is near where there are no names", () => {
  expect(nearest("CreateRoom", [])).toBeUndefined();
});
