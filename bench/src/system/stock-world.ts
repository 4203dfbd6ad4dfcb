import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { commandsOf, filesInDirectory, planResets, readWorld, type Phase } from "@aethyr/import";
import { generatedWorld } from "./generated-world.ts";

/** The stock world of CircleMUD 3.1. Its licence keeps it out of this repository; it lies beside it. */
const directory = fileURLToPath(new URL("../../../../shared/data/circlemud-3.1/world/", import.meta.url));

export type WorldCommands = {
  readonly phases: readonly Phase[];
  /** Which world it is, for the report. */
  readonly name: string;
};

/** The stock world as commands, read from its files; where it is absent, a made-up one of about its size. In CI it must be there. */
export function readWorldCommands(): WorldCommands {
  if (existsSync(directory)) {
    const { world } = readWorld(filesInDirectory(directory), { lenient: true });
    return { phases: commandsOf(world, planResets(world)), name: "the stock world of CircleMUD 3.1" };
  }
  if (process.env["CI"] === "true") throw new Error("the stock world of CircleMUD 3.1 is absent: put it into ../shared/data/circlemud-3.1");
  return { phases: generatedWorld(), name: "A MADE-UP WORLD of the size of CircleMUD's, which is absent (../shared/data/circlemud-3.1)" };
}
