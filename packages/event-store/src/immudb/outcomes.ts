import type { Json } from "@aethyr/kernel";
import { CorruptStoreError } from "../errors.ts";
import type { RecordedOutcome } from "../event-store.ts";
import { commandKey, textOf } from "./keys.ts";
import { outcomePosition, splitIndex } from "../place-in-tx.ts";
import type { Session } from "./session.ts";

/** Recorded outcomes by command id; ids under which nothing is recorded are missing. */
export async function readOutcomes(session: Session, ids: readonly string[]): Promise<ReadonlyMap<string, RecordedOutcome>> {
  const byKey = new Map(ids.map((id) => [commandKey(id).toString(), id]));
  const found = new Map<string, RecordedOutcome>();
  for (const { key, value, tx } of await session.getAll([...byKey.keys()].map((key) => Buffer.from(key)))) {
    const id = byKey.get(textOf(key));
    if (id === undefined) continue;
    const { bytes, index } = splitIndex(value);
    found.set(id, { outcome: parsed(id, textOf(bytes)), position: outcomePosition(tx, index) });
  }
  return found;
}

function parsed(id: string, text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new CorruptStoreError(`the recorded outcome of command ${id} cannot be read`, { command: id }, { cause });
  }
}
