import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { commandsOf, isWorldFile, readWorldFile, type Phase, type WorldFileError } from "@aethyr/import";
import { CliError, UsageError } from "../errors.ts";
import { readCircleWorld, UnreadableWorldError, type CircleWorld } from "./read-circle-world.ts";

/** What an import is to send, and what is to be said of its files. */
export type ToImport = {
  readonly phases: readonly Phase[];
  readonly warnings: readonly string[];
  /** How many of which kind the files have. */
  readonly records: Readonly<Record<string, number>>;
};

type Options = { readonly lenient: boolean; readonly prefix: string | undefined };

/** Reads a folder of CircleMUD or DikuMUD files, or a file of `world export`. Throws `not_a_world`, `world_unreadable` or `usage`. */
export function readImport(path: string, { lenient, prefix }: Options): ToImport {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return ofCircleWorld(readCircleWorld(path, { lenient }), prefix);
  if (prefix !== undefined) throw new UsageError("the ids of an export are those of its world: leave out --prefix");
  return ofWorldFile(path, lenient);
}

function ofCircleWorld({ game, world, plan, complaints, warnings }: CircleWorld, prefix: string | undefined): ToImport {
  const { zones, rooms, mobs, objects, shops } = world;
  return {
    phases: commandsWith(() => commandsOf(world, plan, { prefix: prefix ?? game })),
    warnings: [...complaints, ...warnings].map(({ message }) => message),
    records: { zones: zones.length, rooms: rooms.length, mobs: mobs.length, objects: objects.length, shops: shops.length },
  };
}

function commandsWith(make: () => readonly Phase[]): readonly Phase[] {
  try {
    return make();
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
}

function ofWorldFile(path: string, lenient: boolean): ToImport {
  const text = readFileSync(path, "utf8");
  if (!isWorldFile(text))
    throw new CliError("not_a_world", `${path} is no file of world export, and no folder: give one of them`, { path });
  const complaints: WorldFileError[] = [];
  const phases = readWorldFile(basename(path), text, (complaint) => complaints.push(complaint));
  if (!lenient && complaints.length > 0) throw new UnreadableWorldError(path, complaints);
  return { ...ofPhases(phases), warnings: complaints.map(({ message }) => message) };
}

/** Of commands that are there as such. */
export function ofPhases(phases: readonly Phase[]): ToImport {
  return { phases, warnings: [], records: { commands: phases.reduce((sum, phase) => sum + phase.commands.length, 0) } };
}
