import { mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { CopyMark } from "@aethyr/event-store/immudb";
import { DataFolderError, json, replace, syncFolder, textOf, unusable } from "@aethyr/process";
import { z } from "zod";

/** Beside the log of a SQLite store: in the log itself nothing can be written that is not history. */
const copyMarkFile = "unfinished-copy.json";

const Mark = z.object({ source: z.string() });

/** The mark of the SQLite store in a folder. */
export function fileCopyMark(directory: string): CopyMark {
  const file = join(directory, copyMarkFile);
  const changing = async (change: () => Promise<void>): Promise<void> => {
    try {
      await change();
    } catch (error) {
      throw unusable(file, error);
    }
  };
  return {
    source: async () => {
      const text = await textOf(file);
      // Whatever it says: where it is, the log is not known to be whole.
      return text === undefined ? undefined : (Mark.safeParse(json(text)).data?.source ?? "another store");
    },
    begin: (source) =>
      changing(async () => {
        await mkdir(dirname(file), { recursive: true, mode: 0o700 });
        await replace(file, `${JSON.stringify({ source })}\n`);
      }),
    end: () =>
      changing(async () => {
        await rm(file, { force: true });
        await syncFolder(directory);
      }),
  };
}

/** Rejects with `copy_unfinished` for a log that a migration has begun to fill and not come to the end of. `name`: as `store migrate` calls it. */
export async function checkWhole({ source }: Pick<CopyMark, "source">, folder: string, name: string): Promise<void> {
  const from = await source();
  if (from === undefined) return;
  throw new DataFolderError(
    "copy_unfinished",
    `the log in ${name} is a copy of ${from} that was not finished: run "npx -y pnpm aethyr store migrate --from ${from} --to ${name}" again, which goes on where it was; or choose another database or folder`,
    { folder, from, to: name },
  );
}
