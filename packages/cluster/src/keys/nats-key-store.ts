import { randomBytes } from "node:crypto";
import { inTime } from "@aethyr/async";
import { checkSubject, KeyForgottenError, KeyStoreClosedError, UnavailableError } from "@aethyr/event-store";
import type { KeyStore } from "@aethyr/kernel";
import { isWrongRevision } from "@aethyr/nats";
import { jetstreamManager } from "@nats-io/jetstream";
import type { KV, KvEntry } from "@nats-io/kv";
import type { Coordination } from "../nats/connect.ts";

/** In place of a key that was forgotten: shorter than any key. */
const forgotten = "forgotten";
const keyBytes = 32;
/** Of a key that others make, or forget, at the same time. */
const attempts = 5;
const historyMs = 5_000;

/** Two of each: while it is forgotten, a key stays below its mark until its bytes are overwritten. */
export const keysBucket = (coordination: Coordination): Promise<KV> => coordination.bucket("keys", { history: 2 });

/**
 * Keys in a bucket of NATS, which all hosts of a world share. To forget a key first puts a mark over it and then overwrites the bytes below:
 * a crash in between leaves a subject that never gets a key again, and whoever forgets it once more finishes the work.
 */
export async function openNatsKeyStore(coordination: Coordination): Promise<KeyStore> {
  const { nats } = coordination;
  const bucket = await keysBucket(coordination);
  const streams = (await jetstreamManager(nats)).streams;
  let closed = false;

  async function whileOpen<T>(subject: string, work: (key: string) => Promise<T>): Promise<T> {
    if (closed) throw new KeyStoreClosedError();
    const key = Buffer.from(checkSubject(subject)).toString("base64url");
    try {
      return await work(key);
    } catch (error) {
      if (error instanceof KeyForgottenError) throw error;
      throw new UnavailableError("the bucket of keys cannot be reached", { cause: error });
    }
  }

  /** Overwrites all that lies below the newest entry of a key. */
  async function eraseBelow(key: string, revision: number): Promise<void> {
    for (const entry of await historyOf(bucket, key)) {
      if (entry.revision < revision) await streams.deleteMessage(`KV_${entry.bucket}`, entry.revision, true);
    }
  }

  return {
    obtain: (subject) =>
      whileOpen(subject, async (key) => {
        for (let attempt = 0; attempt < attempts; attempt += 1) {
          const entry = await bucket.get(key);
          if (entry !== null) return keyOf(entry) ?? fail(new KeyForgottenError(subject));
          const made = Uint8Array.from(randomBytes(keyBytes));
          if (await isMade(bucket.create(key, made))) return made;
        }
        throw new Error(`the key was written by others ${attempts} times meanwhile`);
      }),
    find: (subject) =>
      whileOpen(subject, async (key) => {
        const entry = await bucket.get(key);
        return entry === null ? undefined : keyOf(entry);
      }),
    forget: (subject) => whileOpen(subject, async (key) => eraseBelow(key, await bucket.put(key, forgotten))),
    close: async () => {
      closed = true;
    },
  };
}

const keyOf = ({ value }: KvEntry): Uint8Array | undefined => (value.byteLength === keyBytes ? Uint8Array.from(value) : undefined);

async function historyOf(bucket: KV, key: string): Promise<readonly KvEntry[]> {
  const history = await bucket.history({ key });
  const entries: KvEntry[] = [];
  const read = (async () => {
    for await (const entry of history) entries.push(entry);
    return entries;
  })();
  const all = await inTime(read, historyMs);
  if (all !== undefined) return all;
  history.stop();
  throw new Error(`the history of the key did not come within ${historyMs} ms`);
}

async function isMade(creation: Promise<number>): Promise<boolean> {
  try {
    await creation;
    return true;
  } catch (error) {
    if (isWrongRevision(error)) return false;
    throw error;
  }
}

function fail(error: Error): never {
  throw error;
}
