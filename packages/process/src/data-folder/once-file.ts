import { randomUUID } from "node:crypto";
import { link, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** Makes a file that nobody else can read, whole or not at all. False if there is one already, which is left as it is. */
export async function writeOnce(file: string, text: string): Promise<boolean> {
  const fresh = await written(file, text);
  try {
    await link(fresh, file);
    await syncFolder(dirname(file));
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(fresh, { force: true });
  }
}

/** Makes or replaces a file that nobody else can read, whole or not at all. */
export async function replace(file: string, text: string): Promise<void> {
  const fresh = await written(file, text);
  try {
    await rename(fresh, file);
    await syncFolder(dirname(file));
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}

async function written(file: string, text: string): Promise<string> {
  const fresh = `${file}.${randomUUID()}.new`;
  const handle = await open(fresh, "wx", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return fresh;
}

/** So that the name is still there after a power failure. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
