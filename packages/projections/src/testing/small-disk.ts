import { spawnSync } from "node:child_process";
import { chownSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished, type TestContext } from "vitest";

/** A file system of so many megabytes. */
export type SmallDisk = { readonly folder: string; readonly grow: (megabytes: number) => void };

/** Mounts a small file system, with a folder in it that is a user's. Where this process may not mount one, the test ends here, loudly. */
export function mountSmallDisk(context: TestContext, megabytes: number, uid = process.getuid?.() ?? 0): SmallDisk {
  const place = mkdtempSync(join(tmpdir(), "aethyr-small-disk-"));
  const does = (tool: string, ...args: readonly string[]): boolean => spawnSync(tool, args).status === 0;
  const mount = (options: string): boolean => does("mount", "-t", "tmpfs", "-o", options, "tmpfs", place);
  onTestFinished(() => rmSync(place, { recursive: true, force: true }));
  if (!mount(`size=${megabytes}m,mode=755`)) {
    const why = "NOT TESTED: a really full disk, as this process may not mount a file system of its own";
    process.stderr.write(`\n*** ${why}\n\n`);
    context.skip(why);
  }
  onTestFinished(() => void does("umount", "-l", place));
  const folder = join(place, "data");
  mkdirSync(folder, { mode: 0o700 });
  chownSync(folder, uid, uid);
  return {
    folder,
    grow(size) {
      if (!mount(`remount,size=${size}m`)) throw new Error(`${place} could not be made larger`);
    },
  };
}
