import { createHash } from "node:crypto";
import { type Json, pathOf, type Ref } from "@aethyr/kernel";
import { type CommandEnvelope, CommandId, protocolVersion } from "@aethyr/protocol";
import type { Source } from "../circlemud/world-file-error.ts";

/** A command, and the record of a file that asks for it. */
export type ImportCommand = {
  readonly command: CommandEnvelope;
  readonly source: Source;
};

/** Commands that may run at once. The next phase starts when all of them are answered. */
export type Phase = {
  readonly name: string;
  readonly commands: readonly ImportCommand[];
};

export type CommandMaker = (type: string, target: Ref, data: Json, source: Source) => ImportCommand;

/**
 * Makes the commands of one import source. A command's id follows from what the command says: the same record gives the same id in every
 * run, so a second run finds its commands applied already, and a record that was changed meanwhile does not pass for what it was.
 */
export function createCommandMaker(prefix: string): CommandMaker {
  const correlation = `import:${prefix}`;
  const idOf = (type: string, target: Ref, data: Json): string => {
    const hash = contentHash([type, pathOf(target), data]);
    const id = `import:${type}:${target.id}:${hash}`;
    // The name of its target is for the eye only, and may be as long as an id.
    return CommandId.safeParse(id).success ? id : `import:${hash}`;
  };
  return (type, target, data, source) => ({
    command: {
      v: protocolVersion,
      id: idOf(type, target, data),
      type,
      target,
      data,
      actor: "import",
      correlation,
    },
    source,
  });
}

/** 16 hex digits that do not depend on the order of an object's keys. */
function contentHash(value: Json): string {
  return createHash("sha256").update(JSON.stringify(value, withSortedKeys)).digest("hex").slice(0, 16);
}

function withSortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}
