import type { Line, LineReader } from "./line-reader.ts";
import { readKeywords, readString } from "./string-reader.ts";
import type { Report, Source } from "./world-file-error.ts";

/** Text shown to a player who looks at one of the keywords. */
export type ExtraDescription = {
  readonly keywords: readonly string[];
  readonly text: string;
  readonly source: Source;
};

/** Reads what follows the mark `E` of a room or an object. */
export function readExtraDescription(lines: LineReader, mark: Line, report: Report): ExtraDescription {
  return {
    keywords: readKeywords(lines, "the keywords of an extra description", report),
    text: readString(lines, "the text of an extra description", report),
    source: mark.source,
  };
}
