import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";

/** True when `path` is a file that we may execute. */
export async function isExecutableFile(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/**
 * First executable called `binaryName` in the folders of `searchPath` (the value of PATH).
 * Relative folders are left out: what they mean would depend on where the caller stands.
 */
export async function findOnPath(binaryName: string, searchPath: string): Promise<string | undefined> {
  for (const folder of searchPath.split(delimiter)) {
    if (!isAbsolute(folder)) continue;
    const candidate = join(folder, binaryName);
    if (await isExecutableFile(candidate)) return candidate;
  }
  return undefined;
}
