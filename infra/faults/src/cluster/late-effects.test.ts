import type { PlacedEvent } from "@aethyr/bench/history";
import { expect, test } from "vitest";
import { withLateEffects } from "./late-effects.ts";

const event = (command: string, stream: string, version: number, position: number): PlacedEvent => ({
  id: `${command}/${position}`,
  command,
  stream,
  version,
  position,
});
const log = [event("put", "thing/sword", 2, 2048), event("put", "thing/chest", 5, 2049), event("name", "thing/sword", 3, 3072)];
const nothing = { position: 0, changed: [] };
const named = { id: "name", position: 3072, changed: [{ stream: "thing/sword", version: 3 }] };

const copied = new Set(["put", "name"]);

test("[R8] what a copy did of a command that had found everything done is taken from the log, of that one alone", () => {
  const accepted = [{ id: "put", ...nothing }, named];
  const taken = withLateEffects({ accepted, copied, nothingToDo: new Map([["put", 1024]]) }, log);
  expect([...taken.late]).toEqual(["put"]);
  const changed = [
    { stream: "thing/sword", version: 2 },
    { stream: "thing/chest", version: 5 },
  ];
  expect(taken.accepted).toEqual([{ id: "put", position: 2049, changed }, named]);
});

test("[R8] one that was sent once keeps what it was told, and so do one that took effect before it was told, and one that did nothing at all", () => {
  const accepted = [{ id: "put", ...nothing }, { id: "look", ...nothing }, named];
  for (const records of [
    { accepted, copied: new Set(["look"]), nothingToDo: new Map([["put", 1024]]) },
    { accepted, copied, nothingToDo: new Map([["put", 3072]]) },
    { accepted, copied, nothingToDo: new Map([["look", 1024]]) },
  ])
    expect(withLateEffects(records, log)).toEqual({ accepted, late: new Set() });
});
