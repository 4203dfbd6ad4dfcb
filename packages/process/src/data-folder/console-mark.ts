import { join } from "node:path";
import { layout } from "./layout.ts";
import { replace } from "./once-file.ts";
import { textOf } from "./text-file.ts";

/** Says for good that the console of a cluster uses this folder: its world lives in servers, and no other is to be made here while they are away. */
export const markConsole = (folder: string, world: string): Promise<void> =>
  replace(join(folder, layout.console), `${JSON.stringify({ world }, undefined, 2)}\n`);

export const isConsoleFolder = async (folder: string): Promise<boolean> => (await textOf(join(folder, layout.console))) !== undefined;
