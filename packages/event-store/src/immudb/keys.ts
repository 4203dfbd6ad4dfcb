import { hexOf, textOf } from "../log-keys.ts";

// The layout of the snapshots' database; that of the log is the same on any engine.

export {
  commandKey,
  endKey,
  eventKey,
  fenceKey,
  fenceKeyText,
  genesisKey,
  genesisTx,
  markerKey,
  markerPrefix,
  parseEventKey,
  streamPrefix,
  textOf,
} from "../log-keys.ts";

const snapshotPrefix = "v/";
const newestSnapshotPrefix = "s/";

/** Written only to make sure that a transaction which demands its absence is never made, see `attempt-bar.ts`. */
export const barKey = (id: string): Buffer => Buffer.from(`f/${id}`);

export const snapshotKey = (path: string, version: number): Buffer => Buffer.from(`${snapshotPrefix}${path}/${hexOf(version)}`);
export const snapshotVersionOf = (key: Uint8Array): number => Number.parseInt(textOf(key.subarray(key.lastIndexOf(0x2f) + 1)), 16);
export const snapshotsOf = (path: string): Buffer => Buffer.from(`${snapshotPrefix}${path}/`);
/** Its value is the version of the stream's newest snapshot. */
export const newestSnapshotKey = (path: string): Buffer => Buffer.from(`${newestSnapshotPrefix}${path}`);
/** Written with a stream's first snapshot, and never again: what there is to count. */
export const snapshotMarkerPrefix = "b/";
export const snapshotMarkerKey = (path: string): Buffer => Buffer.from(`${snapshotMarkerPrefix}${path}`);
/** Counts so far, so that they need not be taken anew: of the log, and of the snapshots. */
export const logCountKey = Buffer.from("t/log");
export const snapshotCountKey = Buffer.from("t/snapshots");
/** Says that the log is a copy which is not known to be whole; see `copy-mark.ts`. */
export const copyMarkKey = Buffer.from("m/copy");
/** What a probe writes. */
export const probeKey = Buffer.from("t/probe");
