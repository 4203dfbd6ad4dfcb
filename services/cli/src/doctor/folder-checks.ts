import { access, constants, stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Config } from "@aethyr/process";
import { examined, fail, ok, warn, type Check } from "./check.ts";

export const dataFolderCheck = async (folder: string): Promise<Check> =>
  examined("data folder", async () => {
    const stats = await statOf(folder);
    if (stats === undefined) {
      const parent = await nearestExisting(folder);
      return (await mayUse(parent))
        ? ok("data folder", `${folder}, not made yet`)
        : fail("data folder", `${parent} cannot be written`, "choose another folder with --data-folder or AETHYR_DATA");
    }
    if (!stats.isDirectory()) return fail("data folder", `${folder} is no folder`, "choose another one with --data-folder or AETHYR_DATA");
    if (!(await mayUse(folder)))
      return fail(
        "data folder",
        `${folder} cannot be read and written`,
        "give this user the rights to it, or choose another one with --data-folder or AETHYR_DATA",
      );
    return isShared(stats.mode) ? warn("data folder", `${folder} is open to others`, `chmod 700 ${folder}`) : ok("data folder", folder);
  });

export const tokenCheck = async ({ data, api }: Pick<Config, "data" | "api">): Promise<Check> =>
  examined("token", async () => {
    if (api.token !== undefined) return ok("token", "configured");
    const file = join(data, "operator.token");
    const stats = await statOf(file);
    if (stats === undefined) return ok("token", "none yet; made at the first start");
    if (isShared(stats.mode))
      return fail("token", `${file} can be read by others`, `remove it, so that the next start makes a new one, or chmod 600 ${file}`);
    return ok("token", file);
  });

const mebibyte = 1024 * 1024;
const failBelow = 100 * mebibyte;
const warnBelow = 1024 * mebibyte;

export const diskCheck = async (folder: string): Promise<Check> =>
  examined("disk", async () => {
    const { bavail, bsize } = await statfs(await nearestExisting(folder));
    return spaceCheck(bavail * bsize);
  });

export function spaceCheck(freeBytes: number): Check {
  const free = `${Math.floor(freeBytes / mebibyte)} MiB free`;
  const advice = "free some space: without it the world takes no more commands";
  if (freeBytes < failBelow) return fail("disk", free, advice);
  return freeBytes < warnBelow ? warn("disk", free, advice) : ok("disk", free);
}

async function nearestExisting(path: string): Promise<string> {
  for (let each = path; ; each = dirname(each)) {
    if ((await statOf(each)) !== undefined || each === dirname(each)) return each;
  }
}

async function statOf(path: string): Promise<Awaited<ReturnType<typeof stat>> | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) return undefined;
    throw error;
  }
}

async function mayUse(folder: string): Promise<boolean> {
  try {
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return true;
  } catch {
    // Whatever stands against it, it cannot be used.
    return false;
  }
}

const isShared = (mode: number | bigint): boolean => (Number(mode) & 0o077) !== 0;
