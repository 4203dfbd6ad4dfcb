import { createHash } from "node:crypto";

// The layout of the database is a storage format: a key that is written once is read for ever.

/** First record of every database of ours; no event is ever in its transaction. */
export const genesisKey = Buffer.from("m/genesis");
export const genesisTx = 1;

const eventPrefix = "e/";
export const markerPrefix = "a/";
const snapshotPrefix = "v/";
export const newestSnapshotPrefix = "s/";

const hex = (version: number): string => version.toString(16).padStart(16, "0");

/** Versions are hex of a fixed width, so that keys sort as versions do. */
export const eventKey = (path: string, version: number): Buffer => Buffer.from(`${eventPrefix}${path}/${hex(version)}`);
export const streamPrefix = (path: string): Buffer => Buffer.from(`${eventPrefix}${path}/`);

/** Written with a stream's first event: enumerates the streams. */
export const markerKey = (path: string): Buffer => Buffer.from(`${markerPrefix}${path}`);
/** Written with a stream's last event, if its aggregate has ended; its value is that event's version. */
export const endKey = (path: string): Buffer => Buffer.from(`end/${path}`);

/** Ids are kept readable; what would not fit into a key is hashed. */
const longestReadableId = 200;
export function commandKey(id: string): Buffer {
  const readable = Buffer.from(`c/${id}`);
  return readable.length <= longestReadableId ? readable : Buffer.from(`ch/${createHash("sha256").update(id).digest("hex")}`);
}

export const snapshotKey = (path: string, version: number): Buffer => Buffer.from(`${snapshotPrefix}${path}/${hex(version)}`);
export const snapshotsOf = (path: string): Buffer => Buffer.from(`${snapshotPrefix}${path}/`);
/** Its value is the version of the stream's newest snapshot. */
export const newestSnapshotKey = (path: string): Buffer => Buffer.from(`${newestSnapshotPrefix}${path}`);

/** Path and version of an event's key; undefined for any other key. */
export function parseEventKey(key: Uint8Array): { readonly stream: string; readonly version: number } | undefined {
  const text = textOf(key);
  if (!text.startsWith(eventPrefix)) return undefined;
  const slash = text.lastIndexOf("/");
  return { stream: text.slice(eventPrefix.length, slash), version: Number.parseInt(text.slice(slash + 1), 16) };
}

export const textOf = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
