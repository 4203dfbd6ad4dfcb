import { readFileSync } from "node:fs";
import { ref } from "@aethyr/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { InvalidMessageError, MalformedMessageError, TooLargeError } from "./errors.ts";
import { accepted, decodeReply, encodeReply, refusalOf, refused, replyCodes, retryable } from "./reply.ts";
import { contentTypesOf, replies } from "./test-arbitraries.ts";

const json = (value: unknown) => ({ bytes: new TextEncoder().encode(JSON.stringify(value)), contentType: "application/json" }) as const;

test("a reply is the same value after a round trip in either content type", () => {
  fc.assert(
    fc.property(replies, contentTypesOf, (reply, type) => {
      expect(decodeReply(encodeReply(reply, type))).toStrictEqual(reply);
    }),
  );
});

test("replies are made with no field that is not there", () => {
  expect(accepted("c", [{ stream: ref("room", "hall"), version: 3 }], 9)).toStrictEqual({
    v: 1,
    command: "c",
    code: "accepted",
    changed: [{ stream: { type: "room", id: "hall" }, version: 3 }],
    position: 9,
  });
  expect(accepted("c", [], 0, true)).toStrictEqual({ v: 1, command: "c", code: "accepted", changed: [], position: 0, provisional: true });
  expect(refused("c", "busy", "try again")).toStrictEqual({ v: 1, command: "c", code: "busy", message: "try again" });
  expect(refused("c", "rejected", "no", { reason: "exit_taken", issues: [] })).toStrictEqual({
    v: 1,
    command: "c",
    code: "rejected",
    message: "no",
    reason: "exit_taken",
    issues: [],
  });
  const absent = { v: 1, command: "c", code: "rejected", message: "no", reason: undefined, issues: undefined } as const;
  expect(decodeReply(encodeReply(absent, "application/msgpack"))).toStrictEqual({ v: 1, command: "c", code: "rejected", message: "no" });
});

test("[G11] an error of reading becomes the refusal that its sender needs", () => {
  expect(refusalOf(new TooLargeError(10, 11), "c")).toMatchObject({ command: "c", code: "too_large" });
  expect(refusalOf(new MalformedMessageError("no JSON"), "c")).toMatchObject({
    command: "c",
    code: "invalid",
    issues: [{ path: "", message: "no JSON" }],
  });
  expect(refusalOf(new InvalidMessageError("command", [{ path: "v", message: "no" }], "own"), "c")).toMatchObject({
    command: "own",
    code: "invalid",
  });
  expect(refusalOf(new InvalidMessageError("command", []))).toMatchObject({ command: "", code: "invalid", message: "this is no command" });
  expect(refusalOf(new Error("something else"))).toBeUndefined();
});

test.each([
  [{ v: 1, command: "c", code: "splendid", message: "" }, "c"],
  [{ v: 1, command: "c", code: "accepted", message: "" }, "c"],
  [{ v: 2, command: "c", code: "busy", message: "" }, "c"],
  [{ v: 1, command: 7, code: "busy", message: "" }, undefined],
  [{ code: "busy" }, undefined],
  [null, undefined],
])("[G11] %j is no reply", (value, command) => {
  const call = (): unknown => decodeReply(json(value));
  expect(call).toThrow(InvalidMessageError);
  expect(call).toThrow(expect.objectContaining({ code: "invalid_message", command }));
});

test("the page for client authors lists exactly the reply codes, and says rightly which may be sent again", () => {
  const page = readFileSync(new URL("../../../docs/protocol/README.md", import.meta.url), "utf8");
  const rows = page
    .slice(page.indexOf("## Reply codes"))
    .split("\n")
    .map((line) => /^\| `(?<code>[a-z_]+)` \| .* \| (?<again>yes|no) \| [^|]+ \|$/.exec(line)?.groups)
    .filter((groups) => groups !== undefined);
  expect(rows.map((row) => row["code"])).toStrictEqual([...replyCodes]);
  expect(rows.filter((row) => row["again"] === "yes").map((row) => row["code"])).toStrictEqual([...retryable]);
});
