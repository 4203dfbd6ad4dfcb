import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { checkReferences, filesInDirectory, planResets, readWorld, WorldFileError, type ResetPlan, type World } from "@aethyr/import";
import { CliError } from "../errors.ts";

export type CircleWorld = {
  readonly world: World;
  readonly plan: ResetPlan;
  /** Of the text of the files; empty after a strict reading. */
  readonly complaints: readonly WorldFileError[];
  /** Records that name others which are not there, and resets that the game would pass over. */
  readonly warnings: readonly WorldFileError[];
};

/** Parts of the files that cannot be read. Nothing was sent. */
class UnreadableWorldError extends CliError {
  readonly complaints: readonly WorldFileError[];
  constructor(folder: string, complaints: readonly WorldFileError[]) {
    const advice = "mend the files, or go on without these parts with --lenient; nothing was sent";
    super(
      "world_unreadable",
      [
        `${folder}: ${complaints.length} ${complaints.length === 1 ? "part" : "parts"} cannot be read: ${advice}`,
        ...complaints.slice(0, shown).map(({ message }) => message),
        ...more(complaints),
      ].join("\n"),
    );
    this.complaints = complaints;
  }
}

const shown = 50;
const more = ({ length }: readonly unknown[]): readonly string[] => (length > shown ? [`… and ${length - shown} more`] : []);

/** Reads a CircleMUD world. Throws `not_a_world` for a folder that holds none, and, unless `lenient`, `UnreadableWorldError`. */
export function readCircleWorld(folder: string, { lenient }: { readonly lenient: boolean }): CircleWorld {
  checkFolder(folder);
  const { world, complaints } = readLeniently(folder);
  if (!lenient && complaints.length > 0) throw new UnreadableWorldError(folder, complaints);
  const plan = planResets(world);
  return { world, plan, complaints, warnings: [...checkReferences(world), ...plan.complaints] };
}

/** Even where one complaint is too much, whoever mends the files wants to see all of them at once. */
function readLeniently(folder: string): ReturnType<typeof readWorld> {
  try {
    return readWorld(filesInDirectory(folder), { lenient: true });
  } catch (error) {
    throw error instanceof WorldFileError ? new UnreadableWorldError(folder, [error]) : error;
  }
}

function checkFolder(folder: string): void {
  if (!isFolder(folder))
    throw new CliError("not_a_world", `${folder} is no folder: give the folder of a CircleMUD world, with wld/index in it`);
  if (existsSync(join(folder, "wld", "index"))) return;
  const inner = ["world", join("lib", "world")].map((name) => join(folder, name)).find((path) => existsSync(join(path, "wld", "index")));
  const hint = inner === undefined ? "give the folder that has wld, mob, obj, zon and shp in it" : `did you mean ${inner}?`;
  throw new CliError("not_a_world", `${folder} is no CircleMUD world, as it has no wld/index: ${hint}`);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
