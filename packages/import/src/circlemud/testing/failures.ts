import { WorldFileError } from "../world-file-error.ts";

/** Runs what must fail with a `WorldFileError`, and gives that error as `code file:line`. */
export function failureOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof WorldFileError) return summary(error);
    throw error;
  }
  return "no failure";
}

export function summary({ code, source }: WorldFileError): string {
  return `${code} ${source.file}:${source.line}`;
}
