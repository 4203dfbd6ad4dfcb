import type { EventStore } from "@aethyr/event-store";
import { ref, Sealed, snapshotOf, type Domain, type KeyStore } from "@aethyr/kernel";
import { hydrate, open, type Log } from "@aethyr/runtime";
import { z } from "zod";

type Parts = { readonly store: EventStore; readonly keys: KeyStore; readonly domain: Domain; readonly log: Log };

const WithPassword = z.object({ passwordHash: Sealed.nullable() });

/**
 * Reads the hash of a player's password: the newest state, from the log, opened with the player's key. Undefined where there is no such
 * player, or no more. Rejects as reading the log does, and with `sealed` where the key was forgotten.
 */
export function passwordHashes({ store, keys, domain, log }: Parts): (playerId: string) => Promise<string | undefined> {
  return async (playerId) => {
    const kind = domain.aggregates.get("player");
    if (kind === undefined) return undefined;
    const { instance } = await hydrate(store, kind, ref("player", playerId), log);
    const { status, context } = snapshotOf(instance).state;
    if (instance.version === 0 || status === "done") return undefined;
    const { passwordHash } = WithPassword.parse(context);
    return passwordHash === null ? undefined : open(keys, passwordHash);
  };
}
