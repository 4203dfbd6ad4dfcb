import { createLimit, type Asker } from "./limit.ts";
import { hashPassword, isHashOf, type ArgonCost } from "./password-hash.ts";

/** What passwords are kept as, and whether one is right. Hashes take long; `asker` is whose turn they take. */
export type Credentials = {
  /** The argon2id hash of a new password as a PHC string, for `CreatePlayer` and `UpdatePlayerPassword`. Rejects with `credentials_busy`. */
  hash(password: string, asker?: Asker): Promise<string>;
  /** Whether it is the player's password. Rejects with `credentials_busy`, or with what reading the kept hash rejects with. */
  verify(playerId: string, password: string, address?: string): Promise<boolean>;
};

/**
 * Credentials by argon2id. `passwordHashOf` gives the PHC string that a player has now, from whoever holds the keys, and undefined for
 * nobody. So many hashes are made at once, by default two. The next ones wait: 64 in all, 4 of one address, 4 for one player; what is more is
 * refused as `credentials_busy`. Addresses take turns, so that nobody waits for all that another address asks for.
 */
export function createCredentials(parts: {
  readonly passwordHashOf: (playerId: string) => Promise<string | undefined>;
  readonly cost?: ArgonCost;
  readonly atOnce?: number;
}): Credentials {
  const { passwordHashOf, cost, atOnce = 2 } = parts;
  const limited = createLimit({ atOnce, waiting: 64, ofOneAddress: 4, forOnePlayer: 4 });
  return {
    hash: (password, asker = { address: "", player: "" }) => limited(asker, () => hashPassword(password, cost)),
    verify: (player, password, address = "") =>
      limited({ address, player }, async () => {
        const kept = await passwordHashOf(player);
        return kept !== undefined && (await isHashOf(kept, password));
      }),
  };
}
