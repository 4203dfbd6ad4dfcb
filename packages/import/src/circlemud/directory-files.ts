import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { WorldFileError } from "./world-file-error.ts";
import type { WorldFiles } from "./world-files.ts";

/** The largest stock file has 300 KB; a file beyond this is no world file and would only fill the memory. */
const maxFileBytes = 16 * 1024 * 1024;

/**
 * Reads world files below `directory` from the disk, as Latin-1.
 * A file that does not exist is undefined; one that cannot be read throws `WorldFileError` with code `file_unreadable`.
 */
export function filesInDirectory(directory: string): WorldFiles {
  return {
    read: (path) => {
      try {
        const { size } = statSync(join(directory, path));
        if (size > maxFileBytes) throw new Error(`it has ${size} bytes`);
        return readFileSync(join(directory, path), "latin1");
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw new WorldFileError(
          {
            code: "file_unreadable",
            source: { file: path, line: 0 },
            expected: `a readable file of at most ${maxFileBytes} bytes`,
            found: error instanceof Error ? error.message : String(error),
          },
          { cause: error },
        );
      }
    },
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
