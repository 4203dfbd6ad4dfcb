import type { ProvableLog } from "@aethyr/proof";
import { openChannel } from "./channel.ts";
import { logIdOf } from "./genesis.ts";
import { genesisKey } from "./keys.ts";
import { checkOptions, ImmudbPlace } from "./place.ts";
import { provableLogOf } from "./provable-log.ts";
import { openSession, type Session } from "./session.ts";

/** A log that is opened for nothing but to be proven. */
export type ImmudbLog = ProvableLog & { close(): Promise<void> };

/**
 * The log in a database, whatever it holds: what is there is for the proofs to tell, so it is not looked at beforehand, as
 * `openImmudbEventStore` does. A user that may only read will do. Throws `InvalidRequestError` for options that make no sense; that the server
 * cannot be reached, or does not let us in, the first call tells.
 */
export function openImmudbLog(options: ImmudbPlace): ImmudbLog {
  const place = checkOptions(ImmudbPlace, options);
  const channel = openChannel(place.address, { tls: place.tls });
  const session = openSession(channel, place, place.database, { readOnly: true });
  let logId: Promise<string | undefined> | undefined;
  return {
    // By its name only: whatever it says, the proofs are over what it holds. One that tells none has none.
    ...provableLogOf(session, place.database, () => (logId ??= nameOf(session))),
    close: async () => {
      await session.close();
      channel.close();
    },
  };
}

/** Undefined where the record cannot be read either: what is damaged is for the proofs to find. */
const nameOf = (session: Session): Promise<string | undefined> => session.get(genesisKey).then(logIdOf, () => undefined);
