import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { layout, textOf, unusable } from "../data-folder.ts";
import { replace } from "../once-file.ts";

/**
 * What is kept in a data folder of the ImmuDB that its world uses; each file for its owner alone. `managed-address`: of the server that
 * `aethyr servers start` has for the folder, whose port may change.
 */
export type ImmudbFile = "address" | "managed-address" | "append-password" | "read-password";

export const immudbFile = (folder: string, name: ImmudbFile): string => join(folder, layout.immudb, name);

/** What the file says, without the line end; undefined if there is none. Rejects with `data_folder_unusable`. */
export async function readImmudbFile(folder: string, name: ImmudbFile): Promise<string | undefined> {
  const text = (await textOf(immudbFile(folder, name)))?.trim();
  return text === "" ? undefined : text;
}

/** Makes or replaces the file. Rejects with `data_folder_unusable`. */
export async function writeImmudbFile(folder: string, name: ImmudbFile, text: string): Promise<void> {
  const file = immudbFile(folder, name);
  try {
    await mkdir(join(folder, layout.immudb), { recursive: true, mode: 0o700 });
    await replace(file, `${text}\n`);
  } catch (error) {
    throw unusable(file, error);
  }
}
