import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { ref } from "@aethyr/kernel";
import { accepted, newEvents, write } from "../contract/samples.ts";
import { encodeEvent } from "../encoding.ts";
import type { EventStore } from "../event-store.ts";
import { createMemoryEventStore } from "../memory/memory-event-store.ts";
import { digestOfLog } from "./log-digest.ts";

const hall = ref("room", "hall");
const events = newEvents(2).map((event) => ({ ...event, meta: { ...event.meta, command: "c" } }));

async function logOf({ ends = true, outcome = { b: 1, a: 2 } } = {}): Promise<EventStore> {
  const store = createMemoryEventStore();
  await accepted(store, { writes: [write(hall, 0, events, ends)], command: { id: "c", outcome } });
  return store;
}

test("a log's digest is the SHA-256 of a line for each event, outcome and end", async () => {
  const lines = [
    encodeEvent(hall, 1, events[0]!),
    encodeEvent(hall, 2, events[1]!),
    `{"command":"c","outcome":{"a":2,"b":1}}`,
    `{"ended":"room/hall"}`,
  ];
  const sha256 = createHash("sha256")
    .update(lines.map((line) => `${line}\n`).join(""))
    .digest("hex");
  expect(await digestOfLog(await logOf())).toEqual({ events: 2, commands: 1, endedStreams: 1, sha256 });
});

test("the white space that an engine lets follow an event is no part of it", async () => {
  const store = await logOf();
  const padded: EventStore = {
    ...store,
    readAll: async (...page) =>
      (await store.readAll(...page)).map((event) => ({ ...event, bytes: Buffer.concat([event.bytes, Buffer.from(" \t\n")]) })),
  };
  expect(await digestOfLog(padded)).toEqual(await digestOfLog(store));
});

test("logs that differ in an outcome or an end have other digests", async () => {
  const { sha256 } = await digestOfLog(await logOf());
  expect((await digestOfLog(await logOf({ ends: false }))).sha256).not.toBe(sha256);
  expect((await digestOfLog(await logOf({ outcome: { b: 1, a: 3 } }))).sha256).not.toBe(sha256);
  expect(sha256).toBe((await digestOfLog(await logOf())).sha256);
});
