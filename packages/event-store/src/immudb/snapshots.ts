import { decodeSnapshot } from "../encoding.ts";
import { LimitExceededError } from "../errors.ts";
import type { Snapshot } from "@aethyr/kernel";
import { genesisTx, newestSnapshotKey, newestSnapshotPrefix, snapshotKey, snapshotsOf, textOf } from "./keys.ts";
import { encodeSet, type KeyValue } from "./messages.ts";
import type { Session } from "./session.ts";

/** The server takes values of 32 MB. */
const maxBytes = 30 * 1024 * 1024;
const txsPerPage = 1000;

/** Snapshots, in a database of their own: losing it costs time only. */
export type Snapshots = {
  load(path: string, atOrBefore: number | undefined): Promise<Snapshot | undefined>;
  save(path: string, version: number, text: string): Promise<void>;
  /** Streams that have a snapshot. */
  count(): Promise<number>;
};

export function createSnapshots(session: Session): Snapshots {
  // What `count` has seen: the streams up to a transaction. Others may write too, so that the log alone can tell.
  const counted = new Set<string>();
  let countedTx = genesisTx;

  const newestVersion = async (path: string): Promise<number> => {
    const newest = await session.get(newestSnapshotKey(path));
    return newest ? Number(textOf(newest.value)) : 0;
  };

  return {
    load: async (path, atOrBefore) => {
      if (atOrBefore === undefined) {
        const version = await newestVersion(path);
        const found = version > 0 ? await session.get(snapshotKey(path, version)) : undefined;
        return found && decodeSnapshot(found.value, { stream: path, version });
      }
      const [found] = await session.scan({
        prefix: snapshotsOf(path),
        seek: snapshotKey(path, atOrBefore),
        inclusiveSeek: true,
        descending: true,
        limit: 1,
      });
      return found && decodeSnapshot(found.value);
    },

    save: async (path, version, text) => {
      const value = Buffer.from(text);
      if (value.length > maxBytes) throw new LimitExceededError(`bytes of the snapshot of ${path}`, maxBytes, value.length);
      const entries: KeyValue[] = [{ key: snapshotKey(path, version), value }];
      // Two savers at once may leave the older one as the newest: an older snapshot is still a right one.
      if (version >= (await newestVersion(path))) entries.push({ key: newestSnapshotKey(path), value: Buffer.from(String(version)) });
      await session.set(encodeSet(entries, []));
    },

    count: async () => {
      for (;;) {
        const txs = await session.txScan({ from: countedTx + 1, limit: txsPerPage, values: false });
        for (const { id, entries } of txs) {
          for (const { key } of entries) {
            const text = textOf(key);
            if (text.startsWith(newestSnapshotPrefix)) counted.add(text.slice(newestSnapshotPrefix.length));
          }
          countedTx = id;
        }
        if (txs.length < txsPerPage) return counted.size;
      }
    },
  };
}
