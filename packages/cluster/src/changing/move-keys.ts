import { jetstreamManager } from "@nats-io/jetstream";
import type { KV, KvEntry } from "@nats-io/kv";
import { isWrongRevision } from "@aethyr/nats";
import { ClusterError } from "../errors.ts";
import { keysBucket } from "../keys/nats-key-store.ts";
import type { Coordination } from "../nats/connect.ts";

/** Copies all keys of a world, and the marks of those that were forgotten, and gives how many. One that is there already is not written again. */
export async function copyKeys(from: Coordination, to: Coordination, onCopied: (count: number) => void): Promise<number> {
  const [source, target] = [await keysBucket(from), await keysBucket(to)];
  let copied = 0;
  for (const { key, value } of await newestOf(source)) {
    await copyKey(target, key, value);
    copied += 1;
    onCopied(copied);
  }
  return copied;
}

/** Overwrites all keys of a world that another world has now: what is forgotten there must be nowhere else. */
export async function eraseKeys(coordination: Coordination): Promise<void> {
  const bucket = await keysBucket(coordination);
  const { streams } = await jetstreamManager(coordination.nats);
  for await (const { bucket: name, revision } of await bucket.history({ key: ">" }))
    await streams.deleteMessage(`KV_${name}`, revision, true);
}

async function newestOf(bucket: KV): Promise<readonly KvEntry[]> {
  const newest = new Map<string, KvEntry>();
  for await (const entry of await bucket.history({ key: ">" })) newest.set(entry.key, entry);
  return [...newest.values()].filter(({ operation }) => operation === "PUT");
}

async function copyKey(target: KV, key: string, value: Uint8Array): Promise<void> {
  try {
    await target.create(key, value);
  } catch (error) {
    if (!isWrongRevision(error)) throw error;
    const there = await target.get(key);
    if (there === null || !Buffer.from(value).equals(there.value))
      throw new ClusterError(
        "world_taken",
        `the key ${key} is in the new world already, and is another one: choose a name that no world had`,
        {
          key,
        },
      );
  }
}
