import { type LineReader, unexpectedEnd } from "./line-reader.ts";
import { quote, type Report, type Source, WorldFileError } from "./world-file-error.ts";

/** The longest text that a game of this family takes (tbaMUD; CircleMUD stops at a sixth of it). */
const maxTextLength = 49_152;

/**
 * Reads a text that ends at the first `~`. Everything before it belongs to the text, also blank lines and lines that
 * look like comments or records; lines are joined with `\n`, and a line break right before the `~` is not kept.
 * Throws `unexpected_end` where the `~` is missing, `text_too_long` past 49,152 characters; reports text after the `~`, which the game would silently drop.
 */
export function readString(lines: LineReader, what: string, report: Report): string {
  const parts: string[] = [];
  let start: Source = { file: lines.file, line: 0 };
  let length = 0;
  for (;;) {
    const line = lines.nextRaw();
    if (line === undefined) throw unexpectedEnd(start, `${what} that ends with "~"`);
    if (parts.length === 0) start = line.source;
    length += line.text.length + 1;
    if (length > maxTextLength) {
      const expected = `${what} that ends with "~" within ${maxTextLength} characters`;
      throw new WorldFileError({ code: "text_too_long", source: start, expected, found: "more" });
    }
    const end = line.text.indexOf("~");
    if (end === -1) {
      parts.push(line.text);
      continue;
    }
    const rest = line.text.slice(end + 1);
    if (rest.trim() !== "") {
      report(
        new WorldFileError({
          code: "malformed_line",
          source: line.source,
          expected: `nothing after the "~" of ${what}`,
          found: quote(rest),
        }),
      );
    }
    const last = line.text.slice(0, end);
    return (last === "" ? parts : [...parts, last]).join("\n");
  }
}

/** Reads a text of words, such as the keywords of a door. */
export function readKeywords(lines: LineReader, what: string, report: Report): readonly string[] {
  return readString(lines, what, report)
    .split(/\s+/)
    .filter((word) => word !== "");
}
