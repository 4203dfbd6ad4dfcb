import { describe, expect, test } from "vitest";
import { ref } from "@aethyr/kernel";
import { headers as names } from "@aethyr/protocol";
import type { DeadLetter, FeedEvent } from "../bus.ts";
import { storable } from "../dead-letter.ts";
import { commandHeaders, commandOf, eventHeaders, eventOf, headersOf, letterHeaders, letterOf, type Received } from "./messages.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const received = (subject: string, data: string, values?: Readonly<Record<string, string>>): Received => ({
  subject,
  data: bytes(data),
  headers: values && headersOf(values),
});

describe("a command", () => {
  test("is read as it was sent", () => {
    const command = { id: "c:1", target: ref("word.game", "en.1"), bytes: bytes("x"), contentType: "application/msgpack" as const };
    expect(commandOf({ subject: "cmd.w.word%2Egame.en%2E1", data: command.bytes, headers: commandHeaders(command) })).toStrictEqual(
      command,
    );
  });

  test.each([
    ["its own, in JSON", '{"id":"by-hand"}', "by-hand"],
    ["none, where it has none", "{}", ""],
    ["none, where it is no text", '{"id":7}', ""],
    ["none, where it is no object", "7", ""],
    ["none, where it is null", "null", ""],
    ["none, where it cannot be read", "{", ""],
  ])("without headers has the id that it carries: %s", (_what, text, id) => {
    expect(commandOf(received("cmd.w.room.hall", text))).toMatchObject({ id, contentType: "application/json" });
  });

  test.each([
    ["cmd.w.room", {}],
    ["cmd.w.room.a$b", {}],
    ["cmd.w.room.hall", { [names.contentType]: "text/plain" }],
  ])("on %s with %j is malformed", (subject, values) => {
    expect(() => commandOf(received(subject, "{}", values))).toThrow(expect.objectContaining({ code: "malformed" }));
  });
});

describe("an event of the feed", () => {
  const event: FeedEvent = { position: 2048, previous: 0, stream: ref("room", "hall"), version: 3, type: "DoorOpened", bytes: bytes("{}") };

  test("is read as it was published", () => {
    expect(eventOf({ subject: "evt.w.room.hall", data: event.bytes, headers: eventHeaders(event) })).toStrictEqual(event);
  });

  test.each([
    ["no headers", "evt.w.room.hall", undefined],
    ["no position", "evt.w.room.hall", { [names.eventType]: "T" }],
    [
      "a position that is no number",
      "evt.w.room.hall",
      { [names.eventType]: "T", [names.position]: "x", [names.previous]: "0", [names.version]: "1" },
    ],
    ["a subject that names no stream", "evt.w.room", { [names.eventType]: "T" }],
  ])("with %s is malformed", (_what, subject, values) => {
    expect(() => eventOf(received(subject, "{}", values))).toThrow(expect.objectContaining({ code: "malformed" }));
  });
});

test("a dead letter is read as it was put aside, its reason on one line", () => {
  const letter: DeadLetter = {
    id: "c1",
    target: ref("room", "hall"),
    bytes: bytes("{}"),
    contentType: "application/json",
    reason: "threw:\r\nat x",
    attempts: 3,
  };
  const kept = storable(letter, 100);
  expect(letterOf({ subject: "dlq.w.room.hall", data: kept.bytes, headers: letterHeaders(kept) })).toStrictEqual({
    ...letter,
    reason: "threw: at x",
  });
  expect(letterOf(received("dlq.w.room.hall", "{}", { [names.attempts]: "1" }))).toMatchObject({ reason: "" });
});
