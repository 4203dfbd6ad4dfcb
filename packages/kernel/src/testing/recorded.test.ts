import { expect, test } from "vitest";
import { currentData } from "../index.ts";
import { domain, ferryEvents, pierEvents } from "../ferry.fixture.ts";
import { recorded } from "./recorded.ts";

const { FerryLaunched, CastOff } = ferryEvents;
const launched = FerryLaunched({ pier: "north", seats: 1 });

test("[G7] histories are recorded in their order, each stream counted on, as a log would give them", () => {
  const log = recorded(domain, { "pier/north": [pierEvents.PierBuilt({})], "ferry/old": [launched] }, { "ferry/old": [CastOff({})] });
  expect(log.map(({ stream, type, version, position }) => [stream.id, type, version, position])).toEqual([
    ["north", "PierBuilt", 1, 1],
    ["old", "FerryLaunched", 1, 2],
    ["old", "CastOff", 2, 3],
  ]);
  expect(new Set(log.map(({ id }) => id)).size).toBe(3);
  // Data that constructors make are of the current shape, whichever that is.
  for (const event of log) expect(currentData(domain.aggregates.get(event.stream.type)!, event)).toEqual(event.data);
  expect(log[1]?.data).toEqual({ pier: "north", seats: 1 });
});

test("a history of what the domain does not have is a mistake in the test", () => {
  expect(() => recorded(domain, { "dragon/old": [launched] })).toThrow("the domain has no aggregate dragon");
  expect(() => recorded(domain, { "pier/north": [launched] })).toThrow("pier has no event FerryLaunched");
});
