import { pathOf } from "@aethyr/kernel";
import type { Refused } from "@aethyr/protocol";
import type { ImportCommand } from "../commands/import-command.ts";
import type { ImportProblem } from "./result.ts";

/** Answers of the world to a command whose work another command has done differently. */
const takenReasons: ReadonlySet<string> = new Set(["already_exists", "exit_taken", "slot_taken", "item_equipped"]);

export function refusal({ command, source }: ImportCommand, { code, reason, message }: Refused): ImportProblem {
  const kind = code === "rejected" && reason !== undefined && takenReasons.has(reason) ? "changed" : "refused";
  const told = kind === "changed" ? `changed since it was imported, and left as it is: ${message}` : `${reason ?? code}: ${message}`;
  return { kind, source, commandId: command.id, code, reason, message: about({ command, source }, told) };
}

export function unanswered({ command, source }: ImportCommand, lastHeard: string): ImportProblem {
  const message = about({ command, source }, `no final answer in time (${lastHeard}): run the import again`);
  return { kind: "unanswered", source, commandId: command.id, code: undefined, reason: undefined, message };
}

function about({ command, source }: ImportCommand, told: string): string {
  return `${source.file}:${source.line}: ${command.type} ${pathOf(command.target)}: ${told}`;
}
