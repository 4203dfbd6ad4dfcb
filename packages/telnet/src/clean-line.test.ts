import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cleanLine, cleanName } from "./clean-line.ts";

describe("a cleaned line", () => {
  it.each([
    ["a colour", "say \u001b[31mred\u001b[0m", "say red"],
    ["an arrow key", "lo\u001b[Dok\u001bOA", "look"],
    ["clearing the screen in one byte", "\u009b2Jgone", "gone"],
    ["a title of the window", "\u001b]0;You are root\u0007hi\u001b]2;x\u001b\\", "hi"],
    ["a sequence without its end", "\u001b]0;title", "0;title"],
    ["a sequence in a sequence", "\u001b[\u001b[31m31mx", "[31mx"],
    ["a bell and a tab", "ding\u0007\tdong", "ding dong"],
    ["a mark that turns the writing around", "abc\u202edcba\u2066\u2028", "abcdcba"],
    ["nothing", "look at the café 🗡", "look at the café 🗡"],
  ])("is without %s", (_, typed, line) => {
    expect(cleanLine(typed)).toBe(line);
  });

  it("never has a control character left, and cleaning it again changes nothing", () => {
    const nasty = fc.array(
      fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("\u001b", "\u001b[", "\u001b]", "\u009b", "\u0007", "m", "31", "\\")),
    );
    fc.assert(
      fc.property(nasty, (parts) => {
        const line = cleanLine(parts.join(""));
        expect(line).not.toMatch(/\p{Cc}/u);
        expect(cleanLine(line)).toBe(line);
      }),
    );
  });

  it("of a name is short, and none where nothing is left", () => {
    expect(cleanName(` \u001b[2JMudlet ${"x".repeat(100)}`)).toHaveLength(60);
    expect(cleanName("\u0007 ")).toBeUndefined();
  });
});
