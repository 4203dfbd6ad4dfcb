/** How text becomes bytes. Latin-1 is what old clients speak; ASCII is only ever asked for. */
export type Encoding = "utf-8" | "latin-1" | "ascii";

const utf8 = new TextDecoder("utf-8", { fatal: true });
const lenientUtf8 = new TextDecoder("utf-8");
const utf8Encoder = new TextEncoder();
const highest = { "latin-1": 0xff, ascii: 0x7f };

/**
 * Text and bytes of one connection. Until the two sides agree on an encoding, each line tells: what is not UTF-8 is Latin-1, and answers are
 * written as the last line with other than ASCII characters was, at first UTF-8. So a client that says nothing is right with its first such
 * character, and a line of noise is made good by the next real one. Once agreed, it stays, and what does not fit reads as U+FFFD.
 */
export type TextCoding = {
  decode(bytes: Uint8Array): string;
  /** What the encoding does not have is written as a question mark. */
  encode(text: string): Uint8Array;
  agree(encoding: Encoding): void;
  encoding(): Encoding;
};

export function createTextCoding(): TextCoding {
  let current: Encoding = "utf-8";
  let isAgreed = false;

  return {
    decode(bytes) {
      if (isAgreed) return current === "latin-1" ? decodeLatin1(bytes) : lenientUtf8.decode(bytes);
      if (bytes.every((byte) => byte < 0x80)) return decodeLatin1(bytes);
      const text = decodeUtf8(bytes);
      current = text === undefined ? "latin-1" : "utf-8";
      return text ?? decodeLatin1(bytes);
    },
    encode(text) {
      if (current === "utf-8") return utf8Encoder.encode(text);
      const limit = highest[current];
      return Uint8Array.from(text, (character) => {
        const point = character.codePointAt(0) ?? 0;
        return point > limit ? 0x3f : point;
      });
    },
    agree(encoding) {
      current = encoding;
      isAgreed = true;
    },
    encoding: () => current,
  };
}

/** The text, or undefined where the bytes are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    // The decoder's way of saying no, and it has no other.
    return undefined;
  }
}

function decodeLatin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
