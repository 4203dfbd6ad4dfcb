import { argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

/** How long a password may be, in characters as people count them: code points, not bytes. */
export const passwordLength = { least: 8, most: 64, of: (password: string): number => Array.from(password).length } as const;

/** Memory in KiB, passes, lanes. */
export type ArgonCost = { readonly memory: number; readonly passes: number; readonly parallelism: number };

/** 64 MiB, three passes, four lanes: the second choice of RFC 9106, for where memory is shared. */
const usualCost: ArgonCost = { memory: 65_536, passes: 3, parallelism: 4 };
/** Of a kept hash: what asks for more is not tried, so that nobody's hash takes the process's memory. */
const mostMemory = 1_048_576;
const mostPasses = 16;

const phc = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;
const argon2id = promisify(argon2);

/** The argon2id hash of a password as a PHC string, with a salt of its own: what `CreatePlayer` and `UpdatePlayerPassword` take. */
export async function hashPassword(password: string, cost: ArgonCost = usualCost): Promise<string> {
  const salt = randomBytes(16);
  const tag = await argon2id("argon2id", { message: password, nonce: salt, tagLength: 32, ...cost });
  return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${unpadded(salt)}$${unpadded(tag)}`;
}

/** Whether a hash is that of a password; what is no PHC string of argon2id, or asks for too much, is nobody's. */
export async function isHashOf(hash: string, password: string): Promise<boolean> {
  const kept = phc.exec(hash);
  if (kept === null) return false;
  const [memory, passes, parallelism] = kept.slice(1, 4).map(Number) as [number, number, number];
  if (memory > mostMemory || passes > mostPasses) return false;
  const [salt, tag] = kept.slice(4).map((text) => Buffer.from(text, "base64")) as [Buffer, Buffer];
  const made = await argon2id("argon2id", { message: password, nonce: salt, tagLength: tag.length, memory, passes, parallelism });
  return timingSafeEqual(made, tag);
}

const unpadded = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64").replace(/=+$/, "");
