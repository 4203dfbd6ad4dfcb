/** Where a record stands: path relative to the world folder, and its line counted from 1 (0 is the file as a whole). */
export type Source = {
  readonly file: string;
  readonly line: number;
};

/**
 * What can be wrong with a world, and what to do about it.
 *
 * - `file_missing`: an index, or a file that it lists, is absent: add the file or take it off the index.
 * - `file_unreadable`: the file exists but cannot be read: see the cause.
 * - `unexpected_end`: the file stops inside a record: a `~`, `S` or `$` is missing, often much earlier.
 * - `text_too_long`: a text goes on and on: its `~` is missing.
 * - `too_many_complaints`: a lenient reading gave up; it is another dialect or no world, or `maxComplaints` is too low.
 * - `malformed_line`: the line has another shape than the format asks for.
 * - `bad_number`: a number is missing, not whole, or out of range.
 * - `unknown_flag`: a flag letter or bit that has no name in CircleMUD 3.1.
 * - `unknown_value`: a number or word outside a closed list, such as a sector or an item type.
 * - `duplicate_vnum`: two records of one kind with the same number; the first one counts.
 * - `duplicate_exit`: two exits of one room in the same direction; the first one counts.
 * - `missing_reference`: a record names a room, mob, object or exit that no file defines.
 * - `outside_zone`: a room's number lies outside the range of the zone that it names.
 * - `not_a_door`: a reset opens, closes or locks an exit that has no door.
 * - `slot_taken`: a reset wears an item where the mob already wears one; the item is carried instead.
 * - `alignment_refused`: an item refuses the alignment of the mob that should wear it; the item is carried instead.
 * - `no_mob`: a reset gives an item to the last mob when there is none yet.
 * - `no_container`: a reset puts an item into a container that has no instance yet.
 */
export type WorldFileErrorCode =
  | "file_missing"
  | "file_unreadable"
  | "unexpected_end"
  | "text_too_long"
  | "too_many_complaints"
  | "malformed_line"
  | "bad_number"
  | "unknown_flag"
  | "unknown_value"
  | "duplicate_vnum"
  | "duplicate_exit"
  | "missing_reference"
  | "outside_zone"
  | "not_a_door"
  | "slot_taken"
  | "alignment_refused"
  | "no_mob"
  | "no_container";

export type WorldFileProblem = {
  readonly code: WorldFileErrorCode;
  readonly source: Source;
  readonly expected: string;
  readonly found: string;
};

/** One complaint about a world file. The message reads `file:line: expected …, found …`. */
export class WorldFileError extends Error {
  override readonly name = "WorldFileError";
  readonly code: WorldFileErrorCode;
  readonly source: Source;
  readonly expected: string;
  readonly found: string;

  constructor(problem: WorldFileProblem, options?: ErrorOptions) {
    const { code, source, expected, found } = problem;
    super(`${source.file}:${source.line}: expected ${expected}, found ${found}`, options);
    this.code = code;
    this.source = source;
    this.expected = expected;
    this.found = found;
  }
}

/** Takes a complaint that need not stop the reading. A strict reader throws it, a lenient one keeps it. */
export type Report = (complaint: WorldFileError) => void;

/** Quotes file text for a message: cut to a readable length, control characters escaped. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
