import type { z } from "zod";
import { textOf } from "./keys.ts";
import { encodeSet } from "./messages.ts";
import type { Session } from "./session.ts";

/** Things that come between two records of a count. */
export const countedPerRecord = 10_000;

/** What was counted so far, in the snapshots' database. A record that is missing or does not fit costs time only: all is counted again. */
export type CountRecord<T> = { load(): Promise<T | undefined>; save(value: T): Promise<void> };

export function createCountRecord<T>(session: Session, key: Buffer, schema: z.ZodType<T>): CountRecord<T> {
  return {
    load: async () => {
      const found = await session.get(key);
      return found && schema.safeParse(parsed(textOf(found.value))).data;
    },
    save: async (value) => {
      // The next one that counts saves it again.
      await session.set(encodeSet([{ key, value: Buffer.from(JSON.stringify(value)) }], [])).catch(() => undefined);
    },
  };
}

/** What tells a transaction and all before it from any other of its id; undefined if there is none. */
export async function chainAt(session: Session, tx: number): Promise<string | undefined> {
  const [found] = await session.txScan({ from: tx, limit: 1, values: false });
  return found?.chain;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
