import { probeImmudb, type ImmudbProbe } from "@aethyr/event-store/immudb";
import { immudbPlace, type ImmudbConfig } from "./immudb-place.ts";
import { startError } from "./open-immudb.ts";

export type StoreProbe = ImmudbProbe & {
  readonly address: string;
  readonly database: string;
  readonly username: string;
  readonly encrypted: boolean;
  readonly isAdministrator: boolean;
  /** How long it took. */
  readonly ms: number;
};

/** Looks whether the configured ImmuDB can be used, and by whom; leaves no trace in the log. Rejects as `openImmudb` does. */
export async function probeStore(config: ImmudbConfig): Promise<StoreProbe> {
  const place = await immudbPlace(config);
  const sinceMs = performance.now();
  try {
    const probe = await probeImmudb(place);
    const { address, database, username, tls } = place;
    const ms = Math.ceil(performance.now() - sinceMs);
    return { ...probe, address, database, username, encrypted: tls !== undefined, isAdministrator: username === "immudb", ms };
  } catch (error) {
    throw startError(error, place);
  }
}
