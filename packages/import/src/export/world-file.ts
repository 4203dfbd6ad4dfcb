import { asJson, NotJsonError, pathOf, refOf, RefPath, type Json } from "@aethyr/kernel";
import { z } from "zod";
import { quote, WorldFileError } from "../circlemud/world-file-error.ts";
import { createCommandMaker, type ImportCommand, type Phase } from "../commands/import-command.ts";
import type { ExportedCommand } from "./world-export.ts";

/** The first line of a world file; a file of commands that does not begin so is somebody else's. */
const Header = z.object({ aethyr: z.literal("world"), format: z.literal(1) });
const Line = z.strictObject({
  phase: z.string().min(1).max(64),
  type: z.string().min(1).max(128),
  target: RefPath,
  data: z.custom<Json>(isJson, "a JSON value is required"),
});

/** A world file line by line, each with its end: a header, then one command a line. */
export function* worldFileLines(commands: Iterable<ExportedCommand>): Generator<string, void> {
  yield `${JSON.stringify({ aethyr: "world", format: 1 })}\n`;
  for (const { phase, type, target, data } of commands) yield `${JSON.stringify({ phase, type, target: pathOf(target), data })}\n`;
}

/** Whether a text begins as a world file does. */
export const isWorldFile = (text: string): boolean => Header.safeParse(parsed(text.split("\n", 1)[0] ?? "")).success;

/**
 * The commands of a world file, phase by phase. A line that is no command goes to `report`; if that does not throw, the line is left out.
 * Each command has an id that follows from what it says, so that a second run does nothing twice.
 */
export function readWorldFile(file: string, text: string, report: (complaint: WorldFileError) => void): readonly Phase[] {
  const make = createCommandMaker("world");
  const phases = new Map<string, ImportCommand[]>();
  const lines = text.split("\n");
  const malformed = (line: number, expected: string): void =>
    report(new WorldFileError({ code: "malformed_line", source: { file, line }, expected, found: quote(lines[line - 1] ?? "") }));
  if (!isWorldFile(text)) malformed(1, 'the header {"aethyr":"world","format":1}');
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line.trim() === "") continue;
    const read = Line.safeParse(parsed(line));
    if (!read.success) {
      const [issue] = read.error.issues;
      const where = issue === undefined || issue.path.length === 0 ? "" : `; ${issue.path.join(".")}: ${issue.message}`;
      malformed(index + 1, `a command with phase, type, target and data${where}`);
      continue;
    }
    const { phase, type, target, data } = read.data;
    const commands = phases.get(phase) ?? [];
    phases.set(phase, commands);
    commands.push(make(type, refOf(target), data, { file, line: index + 1 }));
  }
  return [...phases].map(([name, commands]) => ({ name, commands }));
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isJson(value: unknown): boolean {
  try {
    asJson(value);
    return true;
  } catch (error) {
    if (error instanceof NotJsonError) return false;
    throw error;
  }
}
