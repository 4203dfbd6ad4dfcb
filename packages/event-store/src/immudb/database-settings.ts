import { ForeignStoreError } from "../errors.ts";
import { positionsPerTransaction } from "../position.ts";
import { encodeEmpty, type DatabaseSettings } from "./messages.ts";
import type { Session } from "./session.ts";
import { fieldsOf } from "./wire.ts";

/**
 * Measured: no waiting for others to share an fsync, because conditional writes cannot; values beside their keys, which saves one fsync.
 * All but the frequency are permanent.
 */
export const ourSettings: DatabaseSettings = {
  maxKeyLen: 256,
  maxTxEntries: positionsPerTransaction,
  syncFrequencyMs: 0,
  embeddedValues: true,
};

/** Settings as the server tells them: by the numbers of their fields in immudb's schema. `undefined`: not told. */
type Told = ReadonlyMap<number, number>;

const retentionPeriod = 29;
/** What must be so, because positions, limits or proofs count on it. How long an fsync waits is the operator's choice. */
const musts: readonly { readonly field: number; readonly name: string; readonly value: number }[] = [
  { field: 9, name: "maxKeyLen", value: ourSettings.maxKeyLen },
  { field: 11, name: "maxTxEntries", value: ourSettings.maxTxEntries },
  { field: 20, name: "writeTxHeaderVersion", value: 1 },
  { field: 30, name: "embeddedValues", value: 1 },
  { field: retentionPeriod, name: "retentionPeriod", value: 0 },
];

/** Rejects with `foreign_store` if the database has settings that a log of ours cannot have. Any user of the database may ask for them. */
export async function checkSettings(session: Session, database: string): Promise<void> {
  const told = decodeSettings(await session.command("GetDatabaseSettingsV2", encodeEmpty()));
  const wrong = musts.filter(({ field, value }) => (told.get(field) ?? 0) !== value);
  if (wrong.length === 0) return;
  const list = wrong.map(({ field, name, value }) => `${name} is ${told.get(field) ?? 0}, not ${value}`).join(", ");
  throw new ForeignStoreError(
    `the database ${database} has settings that a log cannot have (${list}). They are for ever: run \`aethyr store init\` with a name that is not in use, and let \`aethyr store migrate\` copy what is to be kept`,
  );
}

function decodeSettings(response: Uint8Array): Told {
  const told = new Map<number, number>();
  for (const { field, bytes } of fieldsOf(response)) {
    if (field !== 2) continue;
    // Each setting is wrapped in a message of its own, whose field 1 is its value; zero and false are left out of it.
    for (const setting of fieldsOf(bytes)) {
      const value = firstField(setting.bytes);
      told.set(
        setting.field,
        setting.field === retentionPeriod ? (firstField(value?.bytes ?? nothing)?.number ?? 0) : (value?.number ?? 0),
      );
    }
  }
  return told;
}

function firstField(message: Uint8Array): { readonly number: number; readonly bytes: Uint8Array } | undefined {
  for (const found of fieldsOf(message)) if (found.field === 1) return found;
  return undefined;
}

const nothing = new Uint8Array(0);
