import { mkdtemp, rm } from "node:fs/promises";
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
