export type LineReader = {
  receive(bytes: Uint8Array): void;
  /** Takes back the last character of the line that is being typed, as the backspace key does. */
  eraseCharacter(): void;
  /** Takes back the whole line that is being typed. */
  eraseLine(): void;
};

export type LineReaderOptions = {
  readonly maxBytes: number;
  readonly onLine: (bytes: Uint8Array) => void;
  /** Called once for a line over the bound, as soon as it is; nothing of that line comes as a line. */
  readonly onTooLong: () => void;
};

const [lineFeed, carriageReturn, backspace, erase] = [10, 13, 8, 127];

/**
 * Makes lines of bytes. A line ends with CR LF, CR NUL, LF or CR. Never keeps more than `maxBytes`: what is longer is read to its end and thrown
 * away.
 */
export function createLineReader({ maxBytes, onLine, onTooLong }: LineReaderOptions): LineReader {
  let typed: number[] = [];
  let isTooLong = false;
  let afterReturn = false;

  const end = (): void => {
    const line = typed;
    const wasTooLong = isTooLong;
    typed = [];
    isTooLong = false;
    if (!wasTooLong) onLine(Uint8Array.from(line));
  };
  const keep = (value: number): void => {
    typed.push(value);
    if (typed.length <= maxBytes) return;
    typed = [];
    isTooLong = true;
    onTooLong();
  };
  const eraseCharacter = (): void => {
    typed.length -= lastCharacterBytes(typed);
  };

  const take = (value: number): void => {
    const wasReturn = afterReturn;
    afterReturn = value === carriageReturn;
    if (wasReturn && (value === lineFeed || value === 0)) return;
    if (value === lineFeed || value === carriageReturn) end();
    else if (value === backspace || value === erase) eraseCharacter();
    else if (value !== 0) keep(value);
  };

  return {
    receive(bytes) {
      for (let at = 0; at < bytes.length; at += 1) {
        if (isTooLong) at = endOfLine(bytes, at);
        const value = bytes[at];
        if (value !== undefined) take(value);
      }
    },
    eraseCharacter,
    eraseLine() {
      typed = [];
    },
  };
}

/** Where the line ends, or the length of what there is. */
function endOfLine(bytes: Uint8Array, from: number): number {
  const ends = [bytes.indexOf(lineFeed, from), bytes.indexOf(carriageReturn, from)].filter((end) => end !== -1);
  return Math.min(bytes.length, ...ends);
}

/** How many bytes the last character has: more than one where they are one character of UTF-8. */
function lastCharacterBytes(bytes: readonly number[]): number {
  for (let length = 2; length <= Math.min(4, bytes.length); length += 1) {
    const lead = bytes[bytes.length - length] ?? 0;
    const isContinued = bytes.slice(-length + 1).every((byte) => byte >> 6 === 0b10);
    if (isContinued && lead >> (7 - length) === 2 ** (length + 1) - 2) return length;
  }
  return Math.min(1, bytes.length);
}
