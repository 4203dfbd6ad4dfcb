import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

export async function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "aethyr-cli-"));
}

/** A folder that is gone after the test. */
export async function folderOfTest(): Promise<string> {
  const folder = await temporaryFolder();
  onTestFinished(async () => removeFolder(folder));
  return folder;
}

export const removeFolder = async (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });

/** The files of a folder, each with the SHA-256 of what is in it. */
export async function contentsOf(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const contents = new Map<string, string>();
  for (const file of files.toSorted())
    contents.set(
      file,
      createHash("sha256")
        .update(await readFile(file))
        .digest("hex"),
    );
  return contents;
}
