import { createHash } from "node:crypto";
import { CommandId } from "@aethyr/protocol";
import type { DeadLetter, KeptLetter } from "./bus.ts";
import { NotRetryableError } from "./errors.ts";

const longestReason = 500;

/**
 * The letter as any bus can keep it, whatever its sender wrote: an id that is none becomes `unreadable-<16 hex digits>`, the reason one
 * clean line of up to 500 characters, and bytes past `maxBytes` are cut off and counted. A letter that could not be kept would leave its
 * command on the lane for ever.
 */
export function storable(letter: DeadLetter, maxBytes: number): DeadLetter {
  const { id, bytes, reason, cut = 0 } = letter;
  const over = Math.max(0, bytes.byteLength - Math.max(0, maxBytes));
  return {
    ...letter,
    id: CommandId.safeParse(id).success ? id : unreadableId(id, bytes),
    reason: clean(reason),
    bytes: over === 0 ? bytes : bytes.subarray(0, bytes.byteLength - over),
    ...(cut + over === 0 ? {} : { cut: cut + over }),
  };
}

const unreadable = "unreadable-";

/** Throws `not_retryable` for a letter whose bytes are not the command that its sender made. */
export function checkRetryable({ number, id, cut }: KeptLetter): void {
  if (cut !== undefined) throw new NotRetryableError(number, `${cut} bytes of it are missing`);
  if (id.startsWith(unreadable)) throw new NotRetryableError(number, "its sender gave it no id that can be one");
}

/** Made of what was sent: a repeat has the same one, another message under the same broken id does not. */
export const unreadableId = (id: string, bytes: Uint8Array): string =>
  `${unreadable}${createHash("sha256").update(`${id.length} `).update(id).update(bytes).digest("hex").slice(0, 16)}`;

const clean = (text: string): string =>
  text
    .slice(0, 4 * longestReason)
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .slice(0, longestReason)
    .toWellFormed()
    .trim();
