import { named } from "./flags.ts";
import { type LineReader, unexpectedEnd } from "./line-reader.ts";
import { type ResetMode, resetModes } from "./names.ts";
import { integers } from "./numbers.ts";
import type { Reading } from "./reading.ts";
import { type Reset, readReset } from "./resets.ts";
import { quote, type Source, WorldFileError } from "./world-file-error.ts";

export type Zone = {
  /** The zone's number; called vnum as in every other record. */
  readonly vnum: number;
  readonly name: string;
  /** The first and the last room vnum that belong to the zone. */
  readonly bottom: number;
  readonly top: number;
  readonly lifespanMinutes: number;
  readonly resetMode: ResetMode;
  readonly resets: readonly Reset[];
  readonly source: Source;
};

/** Reads a `.zon` file, which holds one zone. What follows its closing `S` or `$` is not looked at. */
export function readZones(lines: LineReader, reading: Reading): readonly Zone[] {
  const zone = reading.salvage(() => readZone(lines, reading));
  return zone === undefined ? [] : [zone];
}

function readZone(lines: LineReader, reading: Reading): Zone {
  const { report } = reading;
  const { vnum, name, source } = readZoneName(lines);
  const line = lines.next(`the range, lifespan and reset mode of zone ${vnum}`);
  const { bottom, top, lifespan, mode } = integers(line, ["bottom", "top", "lifespan", "mode"]);
  if (bottom > top) {
    report(
      new WorldFileError({
        code: "bad_number",
        source: line.source,
        expected: `a top of at least ${bottom}`,
        found: String(top),
      }),
    );
  }
  const resetMode = named(mode, resetModes, { what: "a reset mode", source: line.source, fallback: "never" }, report);
  const resets = readResets(lines, reading, vnum);
  return {
    vnum: Number(vnum),
    name,
    bottom,
    top,
    lifespanMinutes: lifespan,
    resetMode,
    resets,
    source,
  };
}

/** Reads the number of a zone and its name: unlike every other text, that is one line whose `~` may be missing. */
export function readZoneName(lines: LineReader): { readonly vnum: string; readonly name: string; readonly source: Source } {
  const first = lines.next('"#" and the number of the zone');
  const vnum = /^#(\d{1,9})$/.exec(first.text)?.[1];
  if (vnum === undefined) {
    throw new WorldFileError({
      code: "malformed_line",
      source: first.source,
      expected: '"#" and the number of the zone',
      found: quote(first.text),
    });
  }
  const [name = ""] = lines.next(`the name of zone ${vnum}`).text.split("~");
  return { vnum, name, source: first.source };
}

/** Reads reset commands up to the closing `S`, which is taken. */
export function readResets(lines: LineReader, reading: Reading, zone: string): readonly Reset[] {
  const resets: Reset[] = [];
  // A command that cannot be used counts as failed, so those that hang on its success never run either.
  let lastFailed = false;
  for (;;) {
    const line = lines.peek();
    if (line === undefined) {
      reading.report(unexpectedEnd({ file: lines.file, line: 0 }, `a reset command or the closing S of zone ${zone}`));
      return resets;
    }
    lines.rewindAfter(line.source.line);
    const text = line.text.trimStart();
    if (text === "S" || text.startsWith("$")) return resets;
    if (text.startsWith("*")) continue;

    const reset = reading.salvage(() => readReset(line));
    if (reset === undefined) {
      lastFailed = true;
    } else if (!(reset.ifFlag && lastFailed)) {
      lastFailed = false;
      resets.push(reset);
    }
  }
}
