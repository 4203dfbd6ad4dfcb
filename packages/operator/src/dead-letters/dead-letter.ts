import type { KeptLetter } from "@aethyr/bus";
import { Ref, type Domain, type Json } from "@aethyr/kernel";
import { parseCommand } from "@aethyr/protocol";
import { z } from "zod";
import { json } from "../any-json.ts";

/** A command that no host could deal with, as it was put aside. */
export const DeadLetterNote = z.object({
  number: z.int().positive().describe("Names it; never given twice"),
  at: z.string().describe("When it was put aside: ISO 8601, UTC"),
  reason: z.string(),
  command: z.string().describe("Id of the command, or one that was made for it where it had none"),
  type: z.string().nullable().describe("What it commands; null: it cannot be read"),
  target: Ref.describe("The aggregate that it was sent to"),
  actor: z.string().nullable(),
  attempts: z.int().nonnegative().describe("How often a host was given it"),
  bytes: z.int().nonnegative().describe("Its size"),
  missing: z.int().nonnegative().describe("Bytes that were too many to be kept; it can be sent again only where that is 0"),
});
export type DeadLetterNote = Readonly<z.infer<typeof DeadLetterNote>>;

export const DeadLetterWhole = DeadLetterNote.extend({
  contentType: z.string(),
  data: json.nullable().describe("Fields of the command, its secrets hidden; null: it cannot be read"),
  correlation: z.string().nullable(),
  causation: z.string().nullable(),
  raw: z.string().nullable().describe("Its bytes in base64, where it cannot be read"),
});
export type DeadLetterWhole = Readonly<z.infer<typeof DeadLetterWhole>>;

const hidden = "********";

/** As operators read it. What its command seals is hidden, as only whoever has the keys may read it. */
export function deadLetterWhole(domain: Domain, letter: KeptLetter): DeadLetterWhole {
  const { number, at, reason, id, target, attempts, bytes, cut = 0, contentType } = letter;
  const read = cut === 0 ? commandIn(letter) : undefined;
  return {
    number,
    at,
    reason,
    command: id,
    type: read?.type ?? null,
    target: { type: target.type, id: target.id },
    actor: read?.actor ?? null,
    attempts,
    bytes: bytes.byteLength + cut,
    missing: cut,
    contentType,
    data: read === undefined ? null : withoutSecrets(domain, target.type, read.type, read.data),
    correlation: read?.correlation ?? null,
    causation: read?.causation ?? null,
    raw: read === undefined ? Buffer.from(bytes).toString("base64") : null,
  };
}

/** Without what is in it, for a list. */
export function deadLetterNote(domain: Domain, letter: KeptLetter): DeadLetterNote {
  const { contentType: _, data: __, correlation: ___, causation: ____, raw: _____, ...note } = deadLetterWhole(domain, letter);
  return note;
}

function commandIn({ bytes, contentType }: KeptLetter) {
  try {
    return parseCommand({ bytes, contentType }, { maxBytes: Number.POSITIVE_INFINITY });
  } catch {
    // That is often why it is here: its bytes are shown as they are.
    return undefined;
  }
}

function withoutSecrets(domain: Domain, aggregate: string, command: string, data: Json): Json {
  const sealed = domain.aggregates.get(aggregate)?.commands.get(command)?.sealed ?? [];
  if (sealed.length === 0 || typeof data !== "object" || data === null || Array.isArray(data)) return data;
  const fields = new Set(sealed.map(({ field }) => field));
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, fields.has(name) ? hidden : value]));
}
