import { named } from "../circlemud/flags.ts";
import { type LineReader, unexpectedEnd } from "../circlemud/line-reader.ts";
import { resetModes } from "../circlemud/names.ts";
import { integers } from "../circlemud/numbers.ts";
import type { Reading } from "../circlemud/reading.ts";
import { endsRecord } from "../circlemud/records.ts";
import { WorldFileError } from "../circlemud/world-file-error.ts";
import { readResets, readZoneName, type Zone } from "../circlemud/zones.ts";

/** Reads the zone file, which holds all zones, one after another, up to one that is called `$`. A zone begins where the one before ends. */
export function readDikuZones(lines: LineReader, reading: Reading): readonly Zone[] {
  const zones: Zone[] = [];
  for (let bottom = 0; ;) {
    const line = lines.peek();
    if (line === undefined) {
      reading.report(unexpectedEnd({ file: lines.file, line: 0 }, 'the next zone or "$"'));
      return zones;
    }
    const zone = reading.salvage(() => readDikuZone(lines, reading, bottom));
    if (zone === "end" || line.text.startsWith("$")) return zones;
    if (zone === undefined) {
      // Not at once at the line where it gave up: that may be the same one again.
      if (lines.peek()?.source.line === line.source.line) lines.rewindAfter(line.source.line);
      lines.skipTo(endsRecord);
      continue;
    }
    zones.push(zone);
    bottom = Math.max(bottom, zone.top + 1);
  }
}

function readDikuZone(lines: LineReader, reading: Reading, bottom: number): Zone | "end" {
  const { report } = reading;
  const { vnum, name, source } = readZoneName(lines);
  if (name.startsWith("$")) return "end";
  const line = lines.next(`the top, lifespan and reset mode of zone ${vnum}`);
  const { top, lifespan, mode } = integers(line, ["top", "lifespan", "mode"]);
  if (top < bottom) {
    report(new WorldFileError({ code: "bad_number", source: line.source, expected: `a top of at least ${bottom}`, found: String(top) }));
  }
  return {
    vnum: Number(vnum),
    name,
    bottom,
    top,
    lifespanMinutes: lifespan,
    resetMode: named(mode, resetModes, { what: "a reset mode", source: line.source, fallback: "never" }, report),
    resets: readResets(lines, reading, vnum),
    source,
  };
}
