import { decodeSnapshot } from "../encoding.ts";
import { LimitExceededError } from "../errors.ts";
import type { Snapshot } from "@aethyr/kernel";
import { z } from "zod";
import { chainAt, countedPerRecord, createCountRecord } from "./count-record.ts";
import { failureOf } from "./error-map.ts";
import {
  genesisTx,
  newestSnapshotKey,
  snapshotCountKey,
  snapshotKey,
  snapshotMarkerKey,
  snapshotMarkerPrefix,
  snapshotsOf,
  textOf,
} from "./keys.ts";
import { encodeSet, type KeyValue } from "./messages.ts";
import type { Session } from "./session.ts";

/** The server takes requests of 32 MB; beside the snapshot there is room for the keys. */
export const maxBytes = 32 * 1024 * 1024 - 4 * 1024;
const txsPerPage = 1000;

/** Snapshots, in a database of their own: losing it costs time only. */
export type Snapshots = {
  load(path: string, atOrBefore: number | undefined): Promise<Snapshot | undefined>;
  save(path: string, version: number, text: string): Promise<void>;
  /** Streams that have a snapshot. */
  count(): Promise<number>;
};

const Recorded = z.object({ tx: z.int().min(1), chain: z.string(), count: z.int().min(0) });

export function createSnapshots(session: Session, { readOnly = false }: { readonly readOnly?: boolean } = {}): Snapshots {
  const record = createCountRecord(session, snapshotCountKey, Recorded);
  // What `count` has seen, up to a transaction. Others may write too, so that the log alone can tell.
  let counted = { tx: genesisTx, chain: "", count: 0 };
  let recordedTx = 0;
  let counting: Promise<number> | undefined;

  const newestVersion = async (path: string): Promise<number | undefined> => {
    const newest = await session.get(newestSnapshotKey(path));
    return newest && Number(textOf(newest.value));
  };
  const begin = async (): Promise<void> => {
    const found = await record.load();
    if (found && found.chain === (await chainAt(session, found.tx))) counted = found;
    recordedTx = counted.tx;
  };
  const count = async (): Promise<number> => {
    if (recordedTx === 0) await begin();
    for (;;) {
      const txs = await session.txScan({ from: counted.tx + 1, limit: txsPerPage, values: false });
      for (const { id, chain, entries } of txs) {
        const begun = entries.filter(({ key }) => textOf(key).startsWith(snapshotMarkerPrefix)).length;
        counted = { tx: id, chain, count: counted.count + begun };
      }
      if (!readOnly && counted.tx - recordedTx >= countedPerRecord) {
        recordedTx = counted.tx;
        await record.save(counted);
      }
      if (txs.length < txsPerPage) return counted.count;
    }
  };

  return {
    load: async (path, atOrBefore) => {
      if (atOrBefore === undefined) {
        const version = await newestVersion(path);
        const found = version === undefined ? undefined : await session.get(snapshotKey(path, version));
        return found && version !== undefined ? decodeSnapshot(found.value, { stream: path, version }) : undefined;
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
      const newest = await newestVersion(path);
      const entries: KeyValue[] = [{ key: snapshotKey(path, version), value }];
      // Two savers at once may leave the older one as the newest: an older snapshot is still a right one.
      if (version >= (newest ?? 0)) entries.push({ key: newestSnapshotKey(path), value: Buffer.from(String(version)) });
      if (newest === undefined && (await saveFirst(session, entries, snapshotMarkerKey(path)))) return;
      await session.set(encodeSet(entries, []));
    },

    count: () => (counting ??= count().finally(() => (counting = undefined))),
  };
}

/** Saves a stream's first snapshot, with the mark by which it is counted, once for each stream. False if somebody else has saved one. */
async function saveFirst(session: Session, entries: readonly KeyValue[], marker: Buffer): Promise<boolean> {
  try {
    await session.set(encodeSet([...entries, { key: marker, value: Buffer.alloc(0) }], [{ kind: "mustNotExist", key: marker }]));
    return true;
  } catch (error) {
    if (failureOf(error) === "precondition") return false;
    throw error;
  }
}
