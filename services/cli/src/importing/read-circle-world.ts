import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  checkReferences,
  filesInDirectory,
  planResets,
  readDikuWorld,
  readWorld,
  WorldFileError,
  type ResetPlan,
  type World,
  type WorldReading,
} from "@aethyr/import";
import { CliError } from "../errors.ts";

/** Of CircleMUD, with an index of each kind; or of DikuMUD, with one file of each kind, named alike. */
type Family = { readonly game: "circle" } | { readonly game: "diku"; readonly name: string };

export type CircleWorld = {
  readonly game: Family["game"];
  readonly world: World;
  readonly plan: ResetPlan;
  /** Of the text of the files; empty after a strict reading. */
  readonly complaints: readonly WorldFileError[];
  /** Records that name others which are not there, and resets that the game would pass over. */
  readonly warnings: readonly WorldFileError[];
};

/** Parts of the files that cannot be read. Nothing was sent. */
export class UnreadableWorldError extends CliError {
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

/** Reads a world of CircleMUD or DikuMUD Alfa. Throws `not_a_world` for a folder that holds none, and, unless `lenient`, `UnreadableWorldError`. */
export function readCircleWorld(folder: string, { lenient }: { readonly lenient: boolean }): CircleWorld {
  const family = familyOf(folder);
  const { world, complaints } = readLeniently(folder, family);
  if (!lenient && complaints.length > 0) throw new UnreadableWorldError(folder, complaints);
  const plan = planResets(world);
  return { game: family.game, world, plan, complaints, warnings: [...checkReferences(world), ...plan.complaints] };
}

/** Even where one complaint is too much, whoever mends the files wants to see all of them at once. */
function readLeniently(folder: string, family: Family): WorldReading {
  const files = filesInDirectory(folder);
  try {
    return family.game === "circle" ? readWorld(files, { lenient: true }) : readDikuWorld(files, family.name, { lenient: true });
  } catch (error) {
    throw error instanceof WorldFileError ? new UnreadableWorldError(folder, [error]) : error;
  }
}

function familyOf(folder: string): Family {
  if (!isFolder(folder))
    throw new CliError("not_a_world", `${folder} is no folder: give the folder of a CircleMUD world, with wld/index in it`);
  if (existsSync(join(folder, "wld", "index"))) return { game: "circle" };
  const [name, ...others] = dikuNames(folder);
  if (name !== undefined && others.length === 0) return { game: "diku", name };
  const inner = ["world", join("lib", "world")].map((each) => join(folder, each)).find((path) => existsSync(join(path, "wld", "index")));
  const hint = inner === undefined ? "give the folder that has wld, mob, obj, zon and shp in it" : `did you mean ${inner}?`;
  throw new CliError(
    "not_a_world",
    `${folder} is no CircleMUD world, as it has no wld/index, nor one of DikuMUD, as it has no single .wld with a .zon of its name: ${hint}`,
  );
}

/** `tinyworld`, where there is a `tinyworld.wld` and a `tinyworld.zon`. */
function dikuNames(folder: string): readonly string[] {
  const files = new Set(readdirSync(folder));
  return [...files].flatMap((file) =>
    file.endsWith(".wld") && files.has(file.replace(/wld$/, "zon")) ? [file.slice(0, -".wld".length)] : [],
  );
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
