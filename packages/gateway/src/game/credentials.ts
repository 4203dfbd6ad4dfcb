import { argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { createLimit } from "./limit.ts";

/** What passwords are kept as, and whether one is right. */
export type Credentials = {
  /** The argon2id hash of a new password as a PHC string, for `CreatePlayer` and `UpdatePlayerPassword`. Rejects with `credentials_busy`. */
  hash(password: string): Promise<string>;
  /** Whether it is the player's password. Rejects with `credentials_busy`, or with what reading the kept hash rejects with. */
  verify(playerId: string, password: string): Promise<boolean>;
};

/** Memory in KiB, passes, lanes. */
export type ArgonCost = { readonly memory: number; readonly passes: number; readonly parallelism: number };

/** 64 MiB, three passes, four lanes: the second choice of RFC 9106, for where memory is shared. */
const defaultCost: ArgonCost = { memory: 65_536, passes: 3, parallelism: 4 };
/** Of a kept hash: what asks for more is not tried, so that nobody's hash takes the process's memory. */
const mostMemory = 1_048_576;
const mostPasses = 16;

const phc = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;
const argon2id = promisify(argon2);

/**
 * Credentials by argon2id. `passwordHashOf` gives the PHC string that a player has now, from whoever holds the keys, and undefined for
 * nobody. So many hashes are made at once, by default two; of more than 64 that wait, the next is refused as `credentials_busy`.
 */
export function createCredentials(parts: {
  readonly passwordHashOf: (playerId: string) => Promise<string | undefined>;
  readonly cost?: ArgonCost;
  readonly atOnce?: number;
}): Credentials {
  const { passwordHashOf, cost = defaultCost, atOnce = 2 } = parts;
  const limited = createLimit({ atOnce, waiting: 64 });
  return {
    hash: (password) =>
      limited(async () => {
        const salt = randomBytes(16);
        const tag = await argon2id("argon2id", { message: password, nonce: salt, tagLength: 32, ...cost });
        return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${unpadded(salt)}$${unpadded(tag)}`;
      }),
    async verify(playerId, password) {
      const kept = phc.exec((await passwordHashOf(playerId)) ?? "");
      if (kept === null) return false;
      const [memory, passes, parallelism] = kept.slice(1, 4).map(Number) as [number, number, number];
      if (memory > mostMemory || passes > mostPasses) return false;
      const [salt, tag] = kept.slice(4).map((text) => Buffer.from(text, "base64")) as [Buffer, Buffer];
      const made = await limited(() =>
        argon2id("argon2id", { message: password, nonce: salt, tagLength: tag.length, memory, passes, parallelism }),
      );
      return timingSafeEqual(made, tag);
    },
  };
}

const unpadded = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64").replace(/=+$/, "");
