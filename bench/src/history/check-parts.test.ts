import { ref } from "@aethyr/kernel";
import { describe, expect, test } from "vitest";
import { checkFeed, type CarriedEvent } from "./check-feed.ts";
import { createHoldings } from "./check-holdings.ts";
import { createOrderCheck, type NumberedCommand } from "./check-order.ts";

describe("the check of the order", () => {
  const sent = (id: string, number: number, more: Partial<NumberedCommand> = {}): NumberedCommand => ({
    id,
    number,
    sender: "ann",
    lane: "queue",
    target: "room/hall",
    ...more,
  });
  function faultsOf(commands: readonly NumberedCommand[], applied: readonly string[], stream = "room/hall"): readonly string[] {
    const check = createOrderCheck(commands);
    for (const [index, command] of applied.entries())
      check.add({ id: `${command}/1`, stream, version: index + 1, position: index + 1, command });
    return check.finish();
  }
  test("[G4] finds nothing where all stand as they were sent, however many senders and lanes there are", () =>
    expect(
      faultsOf(
        [
          sent("a", 1),
          sent("b", 2),
          sent("c", 1, { sender: "bob" }),
          sent("d", 1, { lane: "request" }),
          sent("e", 1, { target: "room/yard" }),
        ],
        ["a", "b", "c", "d", "e", "not one of ours"],
      ),
    ).toEqual([]));
  test("[G4] finds two that changed places", () =>
    expect(faultsOf([sent("a", 1), sent("b", 2), sent("c", 3)], ["b", "a", "c"])).toEqual([
      "reordered: number 1 of ann to room/hall on the queue lane, at position 2, comes after 2",
    ]));
  test("leaves out what a command did to others than its target", () =>
    expect(faultsOf([sent("a", 1), sent("b", 2)], ["b", "a"], "room/yard")).toEqual([]));
});

describe("the check of the feed", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const log = [1024, 2048, 2049, 4096].map((position) => ({ position, bytes: bytes(`event ${position}`) }));
  const feed: readonly CarriedEvent[] = log.map((event, index) => ({ ...event, previous: log[index - 1]?.position ?? 0 }));
  const changed = (at: number, change: Partial<CarriedEvent>) =>
    feed.map((event, index) => (index === at ? { ...event, ...change } : event));

  test("[G7] finds nothing where it is the log, or the end of it", () => {
    expect(checkFeed(log, feed)).toEqual([]);
    expect(checkFeed(log, feed.slice(2))).toEqual([]);
    expect(checkFeed([], [])).toEqual([]);
    expect(checkFeed(log, [], { mayBeEmpty: true })).toEqual([]);
  });
  test.for<readonly [string, readonly CarriedEvent[], string]>([
    ["nothing at all", [], "feed: it is empty, and the log has 4 events"],
    ["a missing event", feed.toSpliced(1, 1), "feed: position 2049 stands where 2048 should"],
    ["an event twice", feed.toSpliced(1, 0, feed[1]!), "feed: position 2048 stands where 2049 should"],
    ["two that changed places", [feed[0]!, feed[2]!, feed[1]!, feed[3]!], "feed: position 2049 stands where 2048 should"],
    ["a missing end", feed.slice(0, 2), "feed: it ends before position 2049, and lacks 2 events"],
    ["more than the log has", [...feed, { ...feed[3]!, position: 5000 }], "feed: position 5000 comes after the end of the log"],
    ["an event that the log does not have", changed(0, { position: 7 }), "feed: it begins with position 7, which the log does not have"],
    ["other bytes", changed(2, { bytes: bytes("event 2O49") }), "feed: position 2049 has other bytes than the log"],
    ["another one before", changed(2, { previous: 1024 }), "feed: position 2049 names 1024 as the one before, which is 2048"],
  ])("[G7] finds %s", ([, kept, fault]) => expect(checkFeed(log, kept)).toEqual([fault]));
});

describe("the check of holdings", () => {
  const coin = ref("game-object", "coin");
  const [chest, bag] = [ref("game-object", "chest"), ref("game-object", "bag")];
  const created = (stream: typeof coin, containerId: string | null = null) => ({
    stream,
    type: "GameObjectCreated",
    data: { name: "x", containerId },
  });
  const placed = (containerId: string | null) => ({ stream: coin, type: "GameObjectContainerUpdated", data: { containerId } });
  const added = (stream: typeof coin) => ({ stream, type: "ItemAddedToInventory", data: { itemId: "coin" } });
  const removed = (stream: typeof coin) => ({ stream, type: "ItemRemovedFromInventory", data: { itemId: "coin" } });
  const begin = [created(coin), created(chest), created(bag), placed("game-object/chest"), added(chest)];

  function faultsOf(...events: readonly ReturnType<typeof added | typeof placed>[]): readonly string[] {
    const check = createHoldings();
    for (const event of [...begin, ...events]) check.add(event);
    return check.finish();
  }
  test("[G5] finds nothing where each thing is in one place and the place says so", () => {
    expect(faultsOf(placed("game-object/bag"), removed(chest), added(bag))).toEqual([]);
    expect(faultsOf(placed("room/hall"), removed(chest))).toEqual([]);
    expect(faultsOf(placed(null), removed(chest))).toEqual([]);
  });
  test("[G5] [D5] finds a thing in two places", () =>
    expect(faultsOf(placed("game-object/bag"), added(bag))).toEqual([
      "holdings: game-object/chest holds game-object/coin, which says that it is in game-object/bag",
    ]));
  test("[G5] [D5] finds a thing that nobody holds", () =>
    expect(faultsOf(placed("game-object/bag"), removed(chest))).toEqual([
      "holdings: game-object/coin says that it is in game-object/bag, which does not hold it",
    ]));
  test("finds a thing that came or left twice", () => {
    expect(faultsOf(added(chest))).toEqual(["holdings: game-object/coin came into game-object/chest, which had it"]);
    expect(faultsOf(placed(null), removed(chest), removed(chest))).toEqual([
      "holdings: game-object/coin left game-object/chest, which did not have it",
    ]);
  });
});
