import { existsSync } from "node:fs";
import { join } from "node:path";
import { layout, type WorldFile } from "./data-folder.ts";
import { DataFolderError } from "./errors.ts";

/** Throws `data_missing` if something is gone that the folder had: to make it anew would be to begin another world in silence. */
export function checkNothingMissing(folder: string, { log, keys }: WorldFile): void {
  if (log !== undefined && !existsSync(join(folder, layout.log))) throw dataMissing(folder, layout.log);
  if (keys === true && !existsSync(join(folder, layout.keyFile))) throw dataMissing(folder, layout.keyFile);
}

/** `cause` is there if something else lies in its place. */
export function dataMissing(folder: string, file: string, cause?: Error): DataFolderError {
  const what = cause === undefined ? "is missing" : "is not the one that this world was started with";
  return new DataFolderError(
    "data_missing",
    `${join(folder, file)} ${what}: put it back from a backup, or remove the whole folder to begin anew`,
    { folder, file },
    { cause },
  );
}
