import { hash } from "node:crypto";

// The layout of a log in keys and values, on any engine: what hashes and proofs are over. It is a storage format, and stays.

/** Key of the first record of every log, which names it. No event is ever in its transaction. */
export const genesisKey = Buffer.from("m/genesis");
export const genesisTx = 1;

const eventPrefix = "e/";
export const markerPrefix = "a/";

/** Versions are hex of a fixed width, so that keys sort as versions do. */
export const hexOf = (version: number): string => version.toString(16).padStart(16, "0");

export const eventKeyText = (path: string, version: number): string => `${eventPrefix}${path}/${hexOf(version)}`;
export const eventKey = (path: string, version: number): Buffer => Buffer.from(eventKeyText(path, version));
export const streamPrefix = (path: string): Buffer => Buffer.from(`${eventPrefix}${path}/`);

/** Written with a stream's first event, without a value: enumerates the streams. */
export const markerKeyText = (path: string): string => `${markerPrefix}${path}`;
export const markerKey = (path: string): Buffer => Buffer.from(markerKeyText(path));

/** Written with a stream's last event, if its aggregate has ended; its value is that event's version. */
export const endKeyText = (path: string): string => `end/${path}`;
export const endKey = (path: string): Buffer => Buffer.from(endKeyText(path));

/** Bytes of a command's key. Ids are kept readable; what would not fit is hashed. */
const longestReadableKey = 200;
/** No UTF-16 unit takes more than three bytes. */
const surelyReadableId = Math.floor((longestReadableKey - 2) / 3);

/** Written with a command's last event; its value is the outcome. */
export function commandKeyText(id: string): string {
  const readable = `c/${id}`;
  if (id.length <= surelyReadableId || Buffer.byteLength(readable) <= longestReadableKey) return readable;
  return `ch/${hash("sha256", id)}`;
}
export const commandKey = (id: string): Buffer => Buffer.from(commandKeyText(id));

/** Written whenever somebody takes a partition over; its value is the epoch, see `immudb/fences.ts`. Never in a transaction with events. */
export const fenceKeyText = (partition: string): string => `fence/${partition}`;
export const fenceKey = (partition: string): Buffer => Buffer.from(fenceKeyText(partition));

/** Path and version of an event's key; undefined for any other key. */
export function parseEventKey(key: Uint8Array): { readonly stream: string; readonly version: number } | undefined {
  const text = textOf(key);
  if (!text.startsWith(eventPrefix)) return undefined;
  const slash = text.lastIndexOf("/");
  return { stream: text.slice(eventPrefix.length, slash), version: Number.parseInt(text.slice(slash + 1), 16) };
}

export const textOf = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
