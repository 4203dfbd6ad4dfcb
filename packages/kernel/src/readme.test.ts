import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "vitest";
import { currentData } from "./index.ts";
import { domain, ferryEvents, passengerEvents, pierEvents } from "./ferry.fixture.ts";
import { given } from "./testing/index.ts";

const textOf = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
const readme = textOf("../README.md");
const { FerryLaunched, Boarded, CastOff, Landed, FerrySunk } = ferryEvents;
const { PassengerCame, SteppedAboard, SteppedAshore } = passengerEvents;

const ann = PassengerCame({ pier: "north" });
const moored = { "pier/north": [pierEvents.PierBuilt({})], "ferry/old": [FerryLaunched({ pier: "north", seats: 1 })] };
const underway = {
  "pier/south": [pierEvents.PierBuilt({})],
  "ferry/old": [FerryLaunched({ pier: "north", seats: 1 }), Boarded({ passengerId: "ann" }), CastOff({})],
  "passenger/ann": [ann, SteppedAboard({ ferry: "old" })],
};

test("the code of the readme stands in files that are compiled and run", () => {
  const unindented = (text: string) => text.replace(/^\s+/gm, "");
  const run = unindented(textOf("ferry.fixture.ts") + textOf("readme.test.ts"));
  const blocks = [...readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code!);
  assert.ok(blocks.length >= 4);
  for (const block of blocks) for (const part of block.split("// …\n")) assert.ok(run.includes(unindented(part)), part);
});

test("the readme has every name that the kernel exports, and no other", () => {
  const exported = (index: string) =>
    [...textOf(index).matchAll(/export (?:type )?\{([^}]+)\}/g)].flatMap(([, names]) =>
      names!.split(",").flatMap((name) => name.replace(/\btype\b/, "").trim() || []),
    );
  const rows = readme
    .split("## All names")[1]!
    .split("\n")
    .filter((line) => line.startsWith("| `"));
  const listed = rows.flatMap((row) => [...row.split("|")[1]!.matchAll(/`(\w+)[^`]*`/g)].map(([, name]) => name!));
  assert.deepEqual(listed.toSorted(), [...exported("index.ts"), ...exported("testing/index.ts")].toSorted());
});

test("who boards is aboard for the ferry and for themselves", async () => {
  await given(domain, { ...moored, "passenger/ann": [ann] })
    .when("Board", "ferry/old", { passengerId: "ann" })
    .thenEvents({ "ferry/old": [Boarded({ passengerId: "ann" })], "passenger/ann": [SteppedAboard({ ferry: "old" })] });
});

test.each([
  ["no_passenger", moored, "ann"],
  ["elsewhere", { ...moored, "passenger/bob": [PassengerCame({ pier: "south" })] }, "bob"],
  ["full", { ...moored, "ferry/old": [...moored["ferry/old"], Boarded({ passengerId: "eve" })], "passenger/ann": [ann] }, "ann"],
  ["underway", { ...underway, "passenger/bob": [ann] }, "bob"],
])("who boards is refused with %s", (reason, history, passengerId) =>
  given(domain, history).when("Board", "ferry/old", { passengerId }).thenRejected(reason),
);

test("who lands brings everybody ashore, if there is a pier and luck", async () => {
  await given(domain, underway, { random: () => 0.5 })
    .when("Land", "ferry/old", { pier: "south" })
    .thenEvents({ "ferry/old": [Landed({ pier: "south" })], "passenger/ann": [SteppedAshore({ pier: "south" })] });
  await given(domain, underway, { random: () => 0, now: "2026-05-01T00:00:00.000Z" })
    .when("Land", "ferry/old", { pier: "south" })
    .thenEvents({ "ferry/old": [FerrySunk({ at: "2026-05-01T00:00:00.000Z" })] });
  await given(domain, underway).when("Land", "ferry/old", { pier: "east" }).thenRejected("no_pier");
  await given(domain, moored).when("Land", "ferry/old", { pier: "north" }).thenRejected("moored");
});

test("a ferry departs once, and is launched where there is a pier", async () => {
  await given(domain, moored)
    .when("Depart", "ferry/old")
    .thenEvents({ "ferry/old": [CastOff({})] });
  await given(domain, underway).when("Depart", "ferry/old").thenNothing();
  await given(domain, moored)
    .when("Launch", "ferry/new", { pier: "north" })
    .thenEvents({ "ferry/new": [FerryLaunched({ pier: "north", seats: 8 })] });
  await given(domain).when("Launch", "ferry/new", { pier: "north" }).thenRejected("no_pier");
});

test("an event of the first version is read in its present shape", () => {
  const old = {
    id: "launch/0",
    stream: { type: "ferry", id: "old" },
    version: 1,
    position: 1,
    type: "FerryLaunched",
    schema: 1,
    machine: 1,
    time: "2026-01-01T00:00:00.000Z",
    data: { pier: "north" },
    meta: { command: "launch", actor: null, correlation: "launch", causation: null },
  };
  assert.deepEqual(currentData(domain.aggregates.get("ferry")!, old), { pier: "north", seats: 8 });
});

test("what no state on the way up takes is no event of this moment, whoever decided it", () => {
  assert.throws(
    () => given(domain, { "ferry/old": [FerryLaunched({ pier: "north", seats: 1 }), Landed({ pier: "south" })] }).state("ferry/old"),
    {
      code: "illegal_event",
      message: 'ferry/old: the chart allows no Landed as version 2, in state {"existing":"moored"}',
    },
  );
});
