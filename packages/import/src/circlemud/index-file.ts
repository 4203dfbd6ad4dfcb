import { readLines } from "./line-reader.ts";
import type { Reading } from "./reading.ts";
import { quote, type Source, WorldFileError } from "./world-file-error.ts";
import type { WorldFiles } from "./world-files.ts";

/** The folders of a world, one for each kind of record. */
export const worldKinds = ["zon", "wld", "mob", "obj", "shp"] as const;
export type WorldKind = (typeof worldKinds)[number];

export type IndexEntry = {
  readonly path: string;
  /** Where the index lists it. */
  readonly source: Source;
};

/** Reads the list of files that make up one kind, one name a line up to `$`. Files that it does not list do not count. */
export function readIndex(files: WorldFiles, kind: WorldKind, reading: Reading): readonly IndexEntry[] {
  const path = `${kind}/index`;
  const text = files.read(path);
  if (text === undefined) {
    reading.report(missingFile({ file: path, line: 0 }, path));
    return [];
  }
  const lines = readLines(path, text);
  const entries: IndexEntry[] = [];
  for (;;) {
    const line = reading.salvage(() => lines.next('the name of a file or "$"'));
    if (line === undefined || line.text.startsWith("$")) return entries;
    // A name and no path: an index must not lead out of the world's folder.
    if (/^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(line.text)) {
      entries.push({ path: `${kind}/${line.text}`, source: line.source });
    } else {
      reading.report(
        new WorldFileError({
          code: "malformed_line",
          source: line.source,
          expected: `the name of a file in ${kind}`,
          found: quote(line.text),
        }),
      );
    }
  }
}

export function missingFile(source: Source, path: string): WorldFileError {
  return new WorldFileError({
    code: "file_missing",
    source,
    expected: `a file ${path}`,
    found: "none",
  });
}
