import { describe, expect, it } from "vitest";
import { createTextCoding } from "./encoding.ts";
import { asText, bytesOf, inUtf8 } from "./test-telnet.ts";

describe("the encoding of a connection", () => {
  it("is UTF-8 until a line is not, Latin-1 until one is again, and ASCII tells nothing", () => {
    const coding = createTextCoding();
    expect(asText(coding.encode("café"))).toBe(inUtf8("café"));
    expect(coding.decode(bytesOf("caf\u00e9"))).toBe("café");
    expect(coding.decode(bytesOf("cafe"))).toBe("cafe");
    expect(asText(coding.encode("café – 🗡"))).toBe("caf\u00e9 ? ?");
    expect(coding.decode(bytesOf(inUtf8("café €")))).toBe("café €");
    expect(asText(coding.encode("€"))).toBe(inUtf8("€"));
  });

  it("stays as it was agreed", () => {
    const coding = createTextCoding();
    coding.agree("utf-8");
    expect(coding.decode(bytesOf("caf\u00e9"))).toBe("caf\ufffd");
    expect(coding.encoding()).toBe("utf-8");
    coding.agree("latin-1");
    expect(coding.decode(bytesOf(inUtf8("é")))).toBe("Ã©");
    coding.agree("ascii");
    expect(asText(coding.encode("café"))).toBe("caf?");
    expect(coding.decode(bytesOf("a"))).toBe("a");
  });
});
