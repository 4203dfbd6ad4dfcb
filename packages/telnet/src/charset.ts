import type { Encoding } from "./encoding.ts";

/** The subnegotiation of CHARSET (RFC 2066), as the side that has the last word. */
export type Charset = {
  /** Asks the other side to choose; once. */
  request(): void;
  receive(payload: Uint8Array): void;
};

const [requestCode, accepted, rejected, tableIs, tableRejected] = [1, 2, 3, 4, 5];
const offered = ";UTF-8;ISO-8859-1;US-ASCII";
const encodings: ReadonlyMap<string, Encoding> = new Map([
  ["utf-8", "utf-8"],
  ["utf8", "utf-8"],
  ["iso-8859-1", "latin-1"],
  ["latin-1", "latin-1"],
  ["latin1", "latin-1"],
  ["us-ascii", "ascii"],
  ["ascii", "ascii"],
]);
const preference: readonly Encoding[] = ["utf-8", "latin-1", "ascii"];
const maxAnswers = 16;

/**
 * Offers UTF-8, Latin-1 and ASCII, and takes the best of what the other side offers. Where both have asked at once, the other side's request is
 * rejected, as RFC 2066 has it for servers, and it answers ours. Translation tables are refused.
 */
export function createCharset(send: (payload: Uint8Array) => void, agreed: (encoding: Encoding) => void): Charset {
  let hasAsked = false;
  let isWaiting = false;
  let answersLeft = maxAnswers;

  const answer = (kind: number, name = ""): void => {
    if (answersLeft === 0) return;
    answersLeft -= 1;
    send(Uint8Array.from([kind, ...ascii(name)]));
  };
  const choose = (payload: Uint8Array): void => {
    const names = namesIn(payload);
    const best = preference.flatMap((encoding) => names.find((name) => encodings.get(name.toLowerCase()) === encoding) ?? [])[0];
    if (isWaiting || best === undefined || answersLeft === 0) return answer(rejected);
    answer(accepted, best);
    agreed(encodings.get(best.toLowerCase()) ?? "utf-8");
  };

  return {
    request() {
      if (hasAsked) return;
      hasAsked = true;
      isWaiting = true;
      send(Uint8Array.from([requestCode, ...ascii(offered)]));
    },
    receive(payload) {
      const kind = payload[0];
      if (kind === requestCode) choose(payload.subarray(1));
      else if (kind === tableIs) answer(tableRejected);
      else if (isWaiting && (kind === accepted || kind === rejected)) {
        isWaiting = false;
        const encoding = encodings.get(textOf(payload.subarray(1)).toLowerCase());
        if (kind === accepted && encoding !== undefined) agreed(encoding);
      }
    },
  };
}

/** `[TTABLE] version` may stand first; then a separator of the sender's choice and the names between separators. */
function namesIn(payload: Uint8Array): readonly string[] {
  const text = textOf(payload);
  const list = text.startsWith("[TTABLE]") ? text.slice("[TTABLE]".length + 1) : text;
  const separator = list[0];
  return separator === undefined ? [] : list.slice(1).split(separator);
}

function textOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 1_000));
}

function ascii(text: string): readonly number[] {
  return Array.from(text, (character) => character.charCodeAt(0));
}
