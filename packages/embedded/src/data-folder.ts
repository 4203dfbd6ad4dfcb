import { existsSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { DataFolderError, isConsoleFolder, json, layout, replace, textOf, unusable, writeOnce, type Config } from "@aethyr/process";
import { z } from "zod";

/** What may be in a folder before there is a world in it. */
const beforehand: ReadonlySet<string> = new Set([layout.immudb, layout.servers]);

const format = 1;
/** `log`, `store` and `keys` are there once these were made: then they may not be missing. Without `store` the log is in SQLite. */
const WorldFile = z.object({
  format: z.int(),
  world: z.string(),
  log: z.string().optional(),
  store: z.enum(["sqlite", "immudb"]).optional(),
  keys: z.boolean().optional(),
});
export type WorldFile = z.infer<typeof WorldFile>;

/** Whether a world was ever started on this folder. Rejects with `data_folder_unusable`. */
export async function hasWorld(folder: string): Promise<boolean> {
  return (await textOf(join(folder, layout.world))) !== undefined;
}

/**
 * Makes the data folder if there is none, or checks that it is this world's, and gives what it says of itself. Rejects with `foreign_data_folder` for a folder that holds other
 * things, `cluster_data_folder` for that of a cluster's console, `other_world` for the folder of another world or of a newer program, `data_folder_unusable` where files cannot be made.
 */
export async function prepareDataFolder({ data: folder, world }: Pick<Config, "data" | "world">): Promise<WorldFile> {
  const file = join(folder, layout.world);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if ((await textOf(file)) === undefined) {
      if (await isConsoleFolder(folder))
        throw new DataFolderError(
          "cluster_data_folder",
          `${folder} is that of a cluster's console, which does not run: start the cluster, or choose another folder with AETHYR_DATA`,
          { folder },
        );
      const others = (await readdir(folder)).filter((name) => !name.startsWith(layout.world) && !beforehand.has(name));
      if (others.length > 0) {
        const some = others.slice(0, 3).join(", ");
        throw new DataFolderError(
          "foreign_data_folder",
          `${folder} holds other things (${some}) and no world: choose an empty folder with AETHYR_DATA, or put ${layout.world} back`,
          { folder },
        );
      }
      await writeOnce(file, textFor({ format, world }));
    }
  } catch (error) {
    throw unusable(folder, error);
  }
  return checkWorld(folder, world, (await textOf(file)) ?? "");
}

/**
 * What a data folder says of its world, for whoever only reads: nothing is made. Rejects as `prepareDataFolder` does, and with `no_world`
 * where there is none, or none that has a log yet.
 */
export async function readDataFolder({ data: folder, world, store }: Pick<Config, "data" | "world" | "store">): Promise<WorldFile> {
  const text = await textOf(join(folder, layout.world));
  const kept = text === undefined ? undefined : checkWorld(folder, world, text);
  // The log of a back-up that was put back is there, and the folder does not know it yet.
  if (kept?.log !== undefined || (kept !== undefined && store === "sqlite" && existsSync(join(folder, layout.log)))) return kept;
  const what = kept === undefined ? `there is no world in ${folder}` : `the world in ${folder} has kept no events`;
  throw new DataFolderError("no_world", `${what} yet: start it with "npx -y pnpm start", or choose another folder with AETHYR_DATA`, {
    folder,
  });
}

/** Keeps in the folder that the log of this id, and the keys, were made. Rejects with `data_folder_unusable`. */
export async function rememberMade(folder: string, kept: WorldFile, { log, store }: Made): Promise<void> {
  if (kept.log === log && storeOf(kept) === store && kept.keys === true) return;
  try {
    await replace(join(folder, layout.world), textFor({ ...kept, log, store, keys: true }));
  } catch (error) {
    throw unusable(folder, error);
  }
}

export type Made = { /** Id of the log. */ readonly log: string; readonly store: "sqlite" | "immudb" };

/** Where the world of a folder has its log; undefined while it has none. */
export const storeOf = ({ log, store = "sqlite" }: WorldFile): Made["store"] | undefined => (log === undefined ? undefined : store);

/** Where the world of a folder has its log; undefined if it has none yet, or there is no world. Rejects with `data_folder_unusable`. */
export async function storeOfWorld(folder: string): Promise<Made["store"] | undefined> {
  const kept = WorldFile.safeParse(json((await textOf(join(folder, layout.world))) ?? ""));
  return kept.success ? storeOf(kept.data) : undefined;
}

/** Id of the log that the world of a folder has; undefined as for `storeOfWorld`. */
export async function logOfWorld(folder: string): Promise<string | undefined> {
  const kept = WorldFile.safeParse(json((await textOf(join(folder, layout.world))) ?? ""));
  return kept.success ? kept.data.log : undefined;
}

const textFor = (file: WorldFile): string => `${JSON.stringify(file, undefined, 2)}\n`;

function checkWorld(folder: string, world: string, text: string): WorldFile {
  const kept = WorldFile.safeParse(json(text));
  if (!kept.success)
    throw new DataFolderError(
      "foreign_data_folder",
      `${join(folder, layout.world)} is not a file of ours: choose another folder with AETHYR_DATA, or restore the file`,
      { folder },
    );
  if (kept.data.format !== format)
    throw new DataFolderError(
      "other_world",
      `${folder} is of format ${kept.data.format}, this program reads format ${format}: it was left as it is`,
      { folder },
    );
  if (kept.data.world !== world)
    throw new DataFolderError(
      "other_world",
      `${folder} holds the world ${kept.data.world}, not ${world}: choose another folder with AETHYR_DATA, or the world with AETHYR_WORLD=${kept.data.world}`,
      { folder, world: kept.data.world },
    );
  return kept.data;
}
