import { describe, expect, it } from "vitest";
import { createLineReader } from "./line-reader.ts";
import { asText, bytesOf, inUtf8 } from "./test-telnet.ts";

function read(text: string, maxBytes = 10): string[] {
  const lines: string[] = [];
  const reader = createLineReader({ maxBytes, onLine: (bytes) => lines.push(asText(bytes)), onTooLong: () => lines.push("(too long)") });
  for (const byte of bytesOf(text)) reader.receive(Uint8Array.of(byte));
  return lines;
}

describe("lines of bytes", () => {
  it.each([
    ["CR LF", "a\r\nb\r\n", ["a", "b"]],
    ["CR NUL", "a\r\0b\r\0", ["a", "b"]],
    ["LF", "a\nb\n", ["a", "b"]],
    ["CR", "a\rb\r", ["a", "b"]],
    ["all of them, with empty lines", "a\r\n\r\n\n\r\0\rb\n", ["a", "", "", "", "", "b"]],
    ["NUL elsewhere, which is nothing", "a\0b\n", ["ab"]],
  ])("[RFC854] end with %s", (_, text, lines) => {
    expect(read(text)).toEqual(lines);
  });

  it.each([
    ["ASCII", "lokk\b\u007fok\n", "look"],
    ["more than there is", "a\b\b\bb\n", "b"],
    ["UTF-8 of two bytes", `a${inUtf8("é")}\b\n`, "a"],
    ["UTF-8 of three bytes", `a${inUtf8("€")}\b\n`, "a"],
    ["UTF-8 of four bytes", `a${inUtf8("🗡")}\b\n`, "a"],
    ["Latin-1", "a\u00e9\u00a9\b\n", "a\u00e9"],
  ])("lose their last character by backspace: %s", (_, text, line) => {
    expect(read(text)).toEqual([line]);
  });

  it("over the bound are said to be so once, at once, and read to their end for nothing", () => {
    expect(read("01234567890123456789")).toEqual(["(too long)"]);
    expect(read("0123456789\n01234567890\b\b\b\bx\nok\n")).toEqual(["0123456789", "(too long)", "ok"]);
  });
});
