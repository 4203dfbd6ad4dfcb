import { displayWidth } from "./display-width.ts";
import { visible } from "./visible.ts";

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** The text in lines of at most so many columns: its own line breaks are kept, everything else that a terminal obeys is not. */
export const wrapped = (text: string, columns: number): readonly string[] => linesOf(text).flatMap((line) => wrapLine(line, columns));

/** The lines that the text has, without what a terminal obeys. */
export const linesOf = (text: string): readonly string[] =>
  text
    .trimEnd()
    .split(/\r\n|\n|\r/)
    .map(visible);

function wrapLine(line: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let current = "";
  // Each word with the space before it: that of a line's beginning is its indentation, that of a break goes.
  for (const word of line.match(/\s*\S+/g) ?? []) {
    if (current !== "" && displayWidth(current) + displayWidth(word) <= columns) {
      current += word;
      continue;
    }
    if (current !== "") lines.push(current);
    const pieces = split(lines.length === 0 && current === "" ? word : word.trimStart(), columns);
    lines.push(...pieces.slice(0, -1));
    current = pieces.at(-1) ?? "";
  }
  return [...lines, current];
}

/** A word that is longer than a line, in pieces. */
function split(word: string, columns: number): readonly string[] {
  if (displayWidth(word) <= columns) return [word];
  const pieces: string[] = [];
  let piece = "";
  for (const { segment } of graphemes.segment(word)) {
    if (piece !== "" && displayWidth(piece + segment) > columns) {
      pieces.push(piece);
      piece = "";
    }
    piece += segment;
  }
  return [...pieces, piece];
}
