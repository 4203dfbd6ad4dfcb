import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { layout } from "../data-folder/layout.ts";
import { replace, syncFolder } from "../data-folder/once-file.ts";
import { textOf, unusable } from "../data-folder/text-file.ts";

/**
 * What is kept in a data folder of the ImmuDB that its world uses; each file for its owner alone. `managed-address`: of the server that
 * `aethyr servers start` has for the folder, whose port may change. `….next`: a password that a user is being given; until the server is known to
 * have taken it, the one beside it may still be the one that works.
 */
export type ImmudbFile = "address" | "managed-address" | PasswordFile | `${PasswordFile}.next`;
export type PasswordFile = "append-password" | "read-password";

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

/** Makes the password that a user was being given the one that it has: `keep`, or else forgets it. Rejects with `data_folder_unusable`. */
export async function settlePassword(folder: string, name: PasswordFile, settle: "keep" | "forget"): Promise<void> {
  const [next, file] = [immudbFile(folder, `${name}.next`), immudbFile(folder, name)];
  // None was begun; of a server whose users were made from elsewhere there is not even a folder.
  if (settle === "forget" && !existsSync(next)) return;
  try {
    if (settle === "keep") await rename(next, file);
    else await rm(next, { force: true });
    await syncFolder(dirname(file));
  } catch (error) {
    throw unusable(next, error);
  }
}
