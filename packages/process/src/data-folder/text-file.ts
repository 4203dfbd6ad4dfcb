import { readFile } from "node:fs/promises";
import { DataFolderError } from "../errors.ts";

/** What a file says; undefined if there is none. Rejects with `data_folder_unusable`. */
export async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw unusable(file, error);
  }
}

/** What went wrong with a file or folder, as an error of the data folder. */
export function unusable(path: string, error: unknown): DataFolderError {
  if (error instanceof DataFolderError) return error;
  return new DataFolderError(
    "data_folder_unusable",
    `${path} cannot be used: ${error instanceof Error ? error.message : String(error)}`,
    { path },
    { cause: error },
  );
}

/** The value that a text stands for; undefined for one that is no JSON. */
export function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
