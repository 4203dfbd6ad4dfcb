import { randomBytes } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { tokenPattern, type Config } from "../config/schema.ts";
import { DataFolderError } from "../errors.ts";
import { layout } from "./layout.ts";
import { writeOnce } from "./once-file.ts";
import { textOf, unusable } from "./text-file.ts";

/**
 * The token of the operator API: the configured one, else the one that the data folder keeps, made if there is none. Rejects with
 * `token_exposed` if others can read the file, `token_unusable` if it holds no token that could be configured.
 */
export async function operatorToken({ data: folder, api }: Pick<Config, "data" | "api">): Promise<string> {
  if (api.token !== undefined) return api.token;
  const file = join(folder, layout.token);
  try {
    if ((await textOf(file)) === undefined) await writeOnce(file, `${randomBytes(32).toString("base64url")}\n`);
    const { mode } = await stat(file);
    if ((mode & 0o077) !== 0)
      throw new DataFolderError(
        "token_exposed",
        `${file} can be read by others: remove it, so that a new one is made, or take their rights away with chmod 600`,
        { file },
      );
    const token = ((await textOf(file)) ?? "").trim();
    if (!tokenPattern.test(token))
      throw new DataFolderError(
        "token_unusable",
        `${file} does not hold a token of 16–256 visible ASCII characters: remove it, so that a new one is made, or restore it`,
        { file },
      );
    return token;
  } catch (error) {
    throw unusable(folder, error);
  }
}
