import { createLimit } from "./limit.ts";
import { hashPassword, isHashOf, type ArgonCost } from "./password-hash.ts";

/** What passwords are kept as, and whether one is right. */
export type Credentials = {
  /** The argon2id hash of a new password as a PHC string, for `CreatePlayer` and `UpdatePlayerPassword`. Rejects with `credentials_busy`. */
  hash(password: string): Promise<string>;
  /** Whether it is the player's password. Rejects with `credentials_busy`, or with what reading the kept hash rejects with. */
  verify(playerId: string, password: string): Promise<boolean>;
};

/**
 * Credentials by argon2id. `passwordHashOf` gives the PHC string that a player has now, from whoever holds the keys, and undefined for
 * nobody. So many hashes are made at once, by default two; of more than 64 that wait, the next is refused as `credentials_busy`.
 */
export function createCredentials(parts: {
  readonly passwordHashOf: (playerId: string) => Promise<string | undefined>;
  readonly cost?: ArgonCost;
  readonly atOnce?: number;
}): Credentials {
  const { passwordHashOf, cost, atOnce = 2 } = parts;
  const limited = createLimit({ atOnce, waiting: 64 });
  return {
    hash: (password) => limited(() => hashPassword(password, cost)),
    async verify(playerId, password) {
      const kept = await passwordHashOf(playerId);
      return kept !== undefined && (await limited(() => isHashOf(kept, password)));
    },
  };
}
