import { existsSync } from "node:fs";
import { join } from "node:path";
import { DataFolderError, layout } from "@aethyr/process";
import { storeOf, type WorldFile } from "./data-folder.ts";

/** Throws `data_missing` if something is gone that the folder had: to make it anew would be to begin another world in silence. */
export function checkNothingMissing(folder: string, kept: WorldFile): void {
  if (storeOf(kept) === "sqlite" && !existsSync(join(folder, layout.log))) throw dataMissing(folder, layout.log);
  if (kept.keys === true && !existsSync(join(folder, layout.keyFile))) throw dataMissing(folder, layout.keyFile);
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

/** Throws `other_store` if the world's events are somewhere else than configured: to begin there would be to begin another world in silence. */
export function checkStore(folder: string, kept: WorldFile, configured: "sqlite" | "immudb"): void {
  const store = storeOf(kept);
  if (store === undefined || store === configured) return;
  throw new DataFolderError(
    "other_store",
    `the world in ${folder} has its events in ${store}, not in ${configured}: start it with AETHYR_STORE=${store}, or move it with "npx -y pnpm aethyr store migrate --from ${store} --to ${configured}"`,
    { folder, store },
  );
}
