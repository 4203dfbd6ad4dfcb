import { hash } from "node:crypto";
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
  snapshotVersionOf,
  snapshotsOf,
  textOf,
} from "./keys.ts";
import { encodeSet, type Entry } from "./messages.ts";
import type { Session } from "./session.ts";

/** The server takes requests of 32 MB; beside the snapshot there is room for the keys, and for what says of which event it is. */
export const maxBytes = 32 * 1024 * 1024 - 4 * 1024;
const txsPerPage = 1000;
/** So many snapshots of another history are looked past for one that fits; beyond them the events are read. */
const mostPassed = 8;

/** `discarded`: what was found and is not believed, and why, a sentence each. */
export type LoadedSnapshot = { readonly snapshot: Snapshot | undefined; readonly discarded: readonly string[] };

/** Snapshots, in a database of their own: losing it costs time only. */
export type Snapshots = {
  /** The newest, or the newest at or before a version, that is of the log's history. */
  load(path: string, atOrBefore: number | undefined): Promise<LoadedSnapshot>;
  save(path: string, version: number, text: string): Promise<void>;
  /** Streams that have a snapshot. */
  count(): Promise<number>;
};

export type SnapshotsOptions = {
  readonly readOnly?: boolean;
  /**
   * An event of the log that the snapshots are of. The two databases are copied and restored one by one, so that a snapshot may be of a past
   * that the log does not have: it is kept with the event that it came after, and believed only while the log has that one there.
   */
  readonly eventAt: (path: string, version: number) => Promise<Pick<Entry, "tx" | "value"> | undefined>;
};

type KeyValue = Pick<Entry, "key" | "value">;

const Recorded = z.object({ tx: z.int().min(1), chain: z.string(), count: z.int().min(0) });

export function createSnapshots(session: Session, { readOnly = false, eventAt }: SnapshotsOptions): Snapshots {
  const record = createCountRecord(session, snapshotCountKey, Recorded);
  // What `count` has seen, up to a transaction. Others may write too, so that the log alone can tell.
  let counted = { tx: genesisTx, chain: "", count: 0 };
  let recordedTx = 0;
  let counting: Promise<number> | undefined;

  const newestVersion = async (path: string): Promise<number | undefined> => {
    const newest = await session.get(newestSnapshotKey(path));
    return newest && Number(textOf(newest.value));
  };
  const newestAtOrBefore = async (path: string, version: number): Promise<Entry | undefined> => {
    const seek = snapshotKey(path, version);
    return (await session.scan({ prefix: snapshotsOf(path), seek, inclusiveSeek: true, descending: true, limit: 1 }))[0];
  };
  const newest = async (path: string): Promise<Entry | undefined> => {
    const version = await newestVersion(path);
    return version === undefined ? undefined : session.get(snapshotKey(path, version));
  };
  const eventOf = async (path: string, version: number): Promise<string> => {
    const event = await eventAt(path, version);
    return event === undefined ? noEvent : hash("sha256", Buffer.concat([Buffer.from(`${event.tx}\n`), event.value]));
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
      const discarded: string[] = [];
      let found = await (atOrBefore === undefined ? newest(path) : newestAtOrBefore(path, atOrBefore));
      while (found && discarded.length < mostPassed) {
        const { event, text } = recordOf(found.value);
        const version = snapshotVersionOf(found.key);
        if (event !== undefined && event === (await eventOf(path, version)))
          return { snapshot: decodeSnapshot(text, { stream: path, version }), discarded };
        const fault = event === undefined ? "does not say of which history it is" : "is of a history that is not the log's";
        discarded.push(
          `the snapshot ${path}@${version} ${fault}: the state is rebuilt from the events, and the next snapshot takes its place`,
        );
        found = version > 1 ? await newestAtOrBefore(path, version - 1) : undefined;
      }
      return { snapshot: undefined, discarded };
    },

    save: async (path, version, text) => {
      const bytes = Buffer.byteLength(text);
      if (bytes > maxBytes) throw new LimitExceededError(`bytes of the snapshot of ${path}`, maxBytes, bytes);
      const [before, event] = await Promise.all([newestVersion(path), eventOf(path, version)]);
      const value = Buffer.from(`${event}\n${text}`);
      const entries: KeyValue[] = [{ key: snapshotKey(path, version), value }];
      // Two savers at once may leave the older one as the newest: an older snapshot is still a right one.
      if (version >= (before ?? 0)) entries.push({ key: newestSnapshotKey(path), value: Buffer.from(String(version)) });
      if (before === undefined && (await saveFirst(session, entries, snapshotMarkerKey(path)))) return;
      await session.set(encodeSet(entries, []));
    },

    count: () => (counting ??= count().finally(() => (counting = undefined))),
  };
}

/** For a snapshot of a version that the log does not have: it is believed as long as it has none. */
const noEvent = "-";
const longestEvent = 64;

/** What is stored: on a line the hash of the event, of its transaction's id and of its value; then the snapshot. Old ones have no such line. */
function recordOf(value: Uint8Array): { readonly event: string | undefined; readonly text: Uint8Array } {
  const end = value.subarray(0, longestEvent + 1).indexOf(10);
  return end < 0 ? { event: undefined, text: value } : { event: textOf(value.subarray(0, end)), text: value.subarray(end + 1) };
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
