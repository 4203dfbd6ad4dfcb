import type { z } from "zod";
import type { Issue } from "./errors.ts";

const most = 20;

/** What a schema found wrong, as a reply tells it: `data.exits[2].to` and a sentence each, the first 20. */
export function issuesOf(error: z.ZodError): readonly Issue[] {
  return error.issues.slice(0, most).map((issue) => ({ path: pathOf(issue.path), message: issue.message }));
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) => (typeof part === "number" ? `${text}[${part}]` : text === "" ? String(part) : `${text}.${String(part)}`),
    "",
  );
}
