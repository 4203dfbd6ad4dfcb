import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { UsageError } from "../errors.ts";
import type { Call } from "../verb.ts";

/** The text of a file that was named on the line. Throws `UsageError`. */
export async function readNamed({ io }: Pick<Call, "io">, file: string): Promise<string> {
  try {
    return await readFile(resolve(io.pathsFrom, file), "utf8");
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
