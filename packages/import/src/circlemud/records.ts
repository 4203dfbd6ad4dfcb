import { type LineReader, unexpectedEnd } from "./line-reader.ts";
import type { Reading } from "./reading.ts";
import { quote, type Source, WorldFileError } from "./world-file-error.ts";

/** The game stops reading at a record of this number or above, whatever follows. Its forebear DikuMUD stops at one that is called `$`. */
const endVnum = 99_999;

const recordStart = /^#(\d{1,9})$/;

/** True for a line that starts the next record or ends the file. */
export function endsRecord(text: string): boolean {
  return recordStart.test(text) || text.startsWith("$");
}

/**
 * Reads the records of one file, each starting with `#vnum`, up to the line `$`. Where a record cannot be used, a
 * lenient reading goes on at the next record after its first line, since a missing `~` may have swallowed some.
 */
export function readRecords<T>(
  lines: LineReader,
  what: string,
  reading: Reading,
  readRecord: (vnum: number, source: Source) => T,
): readonly T[] {
  const records: T[] = [];
  for (;;) {
    const line = lines.peek();
    if (line === undefined) {
      reading.report(unexpectedEnd({ file: lines.file, line: 0 }, `"$" after the last ${what}`));
      return records;
    }
    if (line.text.startsWith("$")) return records;
    lines.rewindAfter(line.source.line);

    const vnum = recordStart.exec(line.text)?.[1];
    if (vnum === undefined) {
      reading.report(
        new WorldFileError({
          code: "malformed_line",
          source: line.source,
          expected: `"#" and the number of the next ${what}, or "$"`,
          found: quote(line.text),
        }),
      );
      lines.skipTo(endsRecord);
      continue;
    }
    if (Number(vnum) >= endVnum || lines.peek()?.text.startsWith("$") === true) return records;

    const record = reading.salvage(() => readRecord(Number(vnum), line.source));
    if (record === undefined) {
      lines.rewindAfter(line.source.line);
      lines.skipTo(endsRecord);
    } else {
      records.push(record);
    }
  }
}
