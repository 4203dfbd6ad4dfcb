import { describe, expect, test } from "vitest";
import { createHistoryCheck, type AcceptedCommand, type PlacedEvent } from "./check-history.ts";

const event = (command: string, stream: string, version: number, position: number, ordinal = 1): PlacedEvent => ({
  id: `${command}/${ordinal}`,
  stream,
  version,
  position,
  command,
});
const reply = (id: string, position: number, ...changed: readonly (readonly [string, number])[]): AcceptedCommand => ({
  id,
  position,
  changed: changed.map(([stream, version]) => ({ stream, version })),
});

/** Three commands: one makes a room, one puts a sword from a chest into a hand, one makes the room dark. Positions have holes, as they may. */
const log: readonly PlacedEvent[] = [
  event("make", "room/hall", 1, 1024),
  event("take", "thing/chest", 1, 2048),
  event("take", "player/ann", 1, 2049, 2),
  event("darken", "room/hall", 2, 2050),
];
const replies: readonly AcceptedCommand[] = [
  reply("make", 1024, ["room/hall", 1]),
  reply("take", 2049, ["player/ann", 1], ["thing/chest", 1]),
  reply("darken", 2050, ["room/hall", 2]),
  reply("darken-again", 0),
];

function faultsOf(events: readonly PlacedEvent[], accepted: readonly AcceptedCommand[] = replies): readonly string[] {
  const check = createHistoryCheck(accepted);
  for (const each of events) check.add(each);
  return check.finish();
}
const changed = (index: number, change: Partial<PlacedEvent>): readonly PlacedEvent[] =>
  log.map((each, at) => (at === index ? { ...each, ...change } : each));

describe("the history check", () => {
  test("finds nothing in a good history", () => expect(faultsOf(log)).toEqual([]));
  test("finds nothing where nothing happened", () => expect(faultsOf([], [])).toEqual([]));
  test("finds an accepted command that the log has nothing of", () =>
    expect(faultsOf(log.slice(0, 3))).toEqual(["lost: darken was accepted at position 2050, and the log has nothing of it"]));
  test("finds half a command", () => {
    const faults = faultsOf(log.filter(({ stream }) => stream !== "player/ann"));
    expect(faults).toContain("take was told player/ann@1, the log has no event of it there");
    expect(faults).toContain("take was told position 2049, the log has 2048");
  });
  test("finds a command that took effect twice", () => {
    const faults = faultsOf([...log, { ...event("make", "room/hall", 3, 2051), id: "make/other" }]);
    expect(faults).toContain("doubled: make took effect again at position 2051");
  });
  test("finds a command that took effect twice in a row, by what its reply said", () =>
    expect(faultsOf([...log, { ...event("darken", "room/hall", 3, 2051), id: "darken/other" }])).toEqual([
      "darken was told position 2050, the log has 2051",
      "darken was told room/hall@2, the log has 3",
    ]));
  test("finds an event that is there twice", () => {
    const faults = faultsOf([...log, { ...log[3]!, position: 2051 }]);
    expect(faults).toContain("doubled: event darken/1 again at position 2051");
    expect(faults).toContain("doubled: room/hall has version 2 after 2");
  });
  test("finds a version that is missing", () =>
    expect(faultsOf(changed(3, { version: 3 }))).toContain("gap: room/hall has version 3 after 1"));
  test("finds a stream that does not begin with version 1", () =>
    expect(faultsOf(changed(0, { version: 0 }))).toContain("doubled: room/hall has version 0 after 0"));
  test("finds positions that do not ascend", () => {
    expect(faultsOf(changed(3, { position: 2049 }))).toContain("disordered: position 2049 comes after 2049");
    expect(faultsOf([log[1]!, log[2]!, log[0]!, log[3]!])).toContain("disordered: position 1024 comes after 2049");
  });
  test("finds an event of a command that was never accepted", () =>
    expect(faultsOf([...log, event("sneak", "room/hall", 3, 2051)])).toEqual(["unasked: sneak, at position 2051, was never accepted"]));
  test("finds an event of a command that was told that there was nothing to do", () =>
    expect(faultsOf([...log, event("darken-again", "room/hall", 3, 2051)])).not.toEqual([]));
  test("finds a change that the reply did not mention", () =>
    expect(faultsOf(log, [replies[0]!, reply("take", 2049, ["player/ann", 1]), replies[2]!])).toEqual([
      "take changed thing/chest, player/ann, its reply did not say all of it",
    ]));
  test("finds a reply that names another version", () =>
    expect(faultsOf(log, [replies[0]!, replies[1]!, reply("darken", 2050, ["room/hall", 7])])).toEqual([
      "darken was told room/hall@7, the log has 2",
    ]));
  test("finds an id that was accepted twice", () =>
    expect(faultsOf(log, [...replies, replies[0]!])[0]).toMatch(/^make was accepted twice/));
});
