import { deepStrictEqual } from "node:assert/strict";
import { ref } from "@aethyr/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { encode } from "./codec.ts";
import { type CommandEnvelope, encodeCommand, parseCommand } from "./command.ts";
import { InvalidMessageError, MalformedMessageError, TooLargeError } from "./errors.ts";
import { refusalOf } from "./reply.ts";
import { commands, contentTypesOf } from "./test-arbitraries.ts";

const command: CommandEnvelope = { v: 1, id: "c-1", type: "AddRoomExit", target: ref("room", "hall"), data: { direction: "north" } };
const json = (value: unknown) => ({ bytes: new TextEncoder().encode(JSON.stringify(value)), contentType: "application/json" }) as const;

function failureOf(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}

test("a command is the same value after a round trip in either content type", () => {
  fc.assert(
    fc.property(commands, contentTypesOf, (any, type) => {
      const payload = encodeCommand(any, type, { maxBytes: 1_000_000 });
      deepStrictEqual(parseCommand(payload, { maxBytes: 1_000_000 }), any);
    }),
  );
});

test("fields that a later sender of this version adds are ignored", () => {
  expect(parseCommand(json({ ...command, later: true, target: { ...command.target, shard: 4 } }))).toStrictEqual(command);
});

test("a field that is undefined travels as an absent one", () => {
  const payload = encodeCommand({ ...command, actor: undefined, correlation: undefined, causation: undefined }, "application/msgpack");
  expect(parseCommand(payload)).toStrictEqual(command);
});

test.each<readonly [string, Record<string, unknown>, string]>([
  ["no version", { v: undefined }, "v"],
  ["another version", { v: 2 }, "v"],
  ["no id", { id: undefined }, "id"],
  ["an id with a space", { id: "a b" }, "id"],
  ["an id that begins with a dot", { id: ".a" }, "id"],
  ["an id beyond 128 characters", { id: "a".repeat(129) }, "id"],
  ["no type", { type: undefined }, "type"],
  ["an empty type", { type: "" }, "type"],
  ["a type beyond 64 characters", { type: "A".repeat(65) }, "type"],
  ["no target", { target: undefined }, "target"],
  ["a target as text", { target: "room/hall" }, "target"],
  ["a target with a wildcard", { target: { type: "room", id: "*" } }, "target.id"],
  ["a target type beyond 32 characters", { target: { type: "r".repeat(33), id: "a" } }, "target.type"],
  ["no data", { data: undefined }, "data"],
  ["an actor that is a number", { actor: 7 }, "actor"],
  ["an empty actor", { actor: "" }, "actor"],
  ["a correlation with a slash", { correlation: "a/b" }, "correlation"],
  ["an empty causation", { causation: "" }, "causation"],
])("[G11] a command with %s is refused, naming the field", (_, change, path) => {
  const error = failureOf(() => parseCommand(json({ ...command, ...change })));
  expect(error).toBeInstanceOf(InvalidMessageError);
  expect(error).toMatchObject({ code: "invalid_message", issues: [{ path }], command: "id" in change ? undefined : "c-1" });
});

test("[G11] a command of another version is told which version is spoken", () => {
  const error = failureOf(() => parseCommand(json({ ...command, v: 2 })));
  expect(refusalOf(error)).toMatchObject({
    command: "c-1",
    code: "invalid",
    issues: [{ path: "v", message: "this host speaks protocol version 1" }],
  });
});

test.each([[null], [7], ["text"], [[1]], [{}]])("[G11] %j is no command", (value) => {
  const error = failureOf(() => parseCommand(json(value)));
  expect(error).toBeInstanceOf(InvalidMessageError);
  expect(error).toMatchObject({ command: undefined });
});

test("[G11] a command that came under another id or to another aggregate than its own is refused", () => {
  const payload = encodeCommand(command, "application/json");
  expect(parseCommand({ ...payload, id: "c-1", target: ref("room", "hall") })).toStrictEqual(command);
  for (const [astray, path] of [
    [{ id: "c-2" }, "id"],
    [{ target: ref("room", "attic") }, "target"],
    [{ target: ref("player", "hall") }, "target"],
  ] as const) {
    const error = failureOf(() => parseCommand({ ...payload, ...astray }));
    expect(error).toMatchObject({ code: "invalid_message", command: "c-1", issues: [{ path }] });
  }
});

test("[G11] a command over the limit is refused by its reader and never sent by its writer", () => {
  const large = { ...command, data: "x".repeat(64 * 1024) };
  expect(() => encodeCommand(large, "application/json")).toThrow(TooLargeError);
  const payload = encodeCommand(large, "application/json", { maxBytes: 100_000 });
  expect(() => parseCommand(payload)).toThrow(TooLargeError);
  expect(parseCommand(payload, { maxBytes: 100_000 })).toStrictEqual(large);
});

test("[G11] whatever the bytes, a command is read or refused with what a reply needs", () => {
  const valid = encodeCommand(command, "application/msgpack").bytes;
  const damaged = fc
    .tuple(fc.nat(valid.length - 1), fc.nat(255))
    .map(([at, to]) => Uint8Array.from(valid, (byte, index) => (index === at ? to : byte)));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), damaged), contentTypesOf, (bytes, contentType) => {
      const error = failureOf(() => parseCommand({ bytes, contentType }));
      if (error === undefined) return;
      expect(error instanceof MalformedMessageError || error instanceof InvalidMessageError).toBe(true);
      expect(refusalOf(error, "transport-id")).toMatchObject({ code: "invalid", message: expect.any(String), issues: expect.any(Array) });
    }),
    { numRuns: 1_000 },
  );
});

test("a hostile command gets a bounded list of issues", () => {
  const changed = Array.from({ length: 1_000 }, () => ({ stream: 1, version: 0 }));
  const error = failureOf(() => parseCommand({ bytes: encode({ changed }, "application/json"), contentType: "application/json" }));
  expect((error as InvalidMessageError).issues.length).toBeLessThanOrEqual(20);
});
