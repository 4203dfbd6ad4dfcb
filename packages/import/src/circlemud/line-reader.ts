import { type Source, WorldFileError } from "./world-file-error.ts";

export type Line = {
  readonly text: string;
  readonly source: Source;
};

/**
 * Walks through the lines of one file. Content lines are what records are made of: blank lines and lines that start
 * with `*` are comments and are passed over; white space at their end is dropped, carriage returns are dropped everywhere.
 */
export type LineReader = {
  readonly file: string;
  /** The next content line, which stays unread; undefined at the end of the file. */
  readonly peek: () => Line | undefined;
  /** Takes the next content line. Throws `unexpected_end` naming what was expected. */
  readonly next: (expected: string) => Line;
  /** Takes the next line as it is, comment or not; undefined at the end of the file. */
  readonly nextRaw: () => Line | undefined;
  /** Takes content lines up to the first that satisfies `wanted`, which stays unread. */
  readonly skipTo: (wanted: (text: string) => boolean) => void;
  /** Goes back so that the line after `line` (counted from 1) is the next one. */
  readonly rewindAfter: (line: number) => void;
};

export function readLines(file: string, text: string): LineReader {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  let taken = 0;

  const peek = (): Line | undefined => {
    for (;;) {
      const text = lines[taken]?.trimEnd();
      if (text === undefined) return undefined;
      if (text !== "" && !text.startsWith("*")) return { text, source: { file, line: taken + 1 } };
      taken += 1;
    }
  };

  return {
    file,
    peek,
    next: (expected) => {
      const line = peek();
      if (line === undefined) throw unexpectedEnd({ file, line: lines.length }, expected);
      taken += 1;
      return line;
    },
    nextRaw: () => {
      const raw = lines[taken];
      if (raw === undefined) return undefined;
      taken += 1;
      return { text: raw.endsWith("\r") ? raw.slice(0, -1) : raw, source: { file, line: taken } };
    },
    skipTo: (wanted) => {
      for (let line = peek(); line !== undefined && !wanted(line.text); line = peek()) taken += 1;
    },
    rewindAfter: (line) => {
      taken = line;
    },
  };
}

/** The next content line, with as many of those after it as it takes to have so many words. */
export function nextWords(lines: LineReader, count: number, expected: string): Line {
  const { text: first, source } = lines.next(expected);
  let text = first;
  while (text.trim().split(/\s+/).length < count) text = `${text} ${lines.next(expected).text}`;
  return { text, source };
}

export function unexpectedEnd(source: Source, expected: string): WorldFileError {
  return new WorldFileError({
    code: "unexpected_end",
    source,
    expected,
    found: "the end of the file",
  });
}
