import { viewOf } from "./bytes.ts";
import { rawKey } from "./entry.ts";

// Events are kept under `e/<type>/<id>/<version>`, the version as 16 small hex digits, so that keys sort as versions do. It is a storage
// format: what is proven is proven under it.

const prefix = Buffer.from("\0e/");
const digits = 16;
const wholeKey = /^e\/([^/]+\/[^/]+)\/([0-9a-f]{16})$/;

/** The raw key of an event of an aggregate, named `type/id`. */
export const rawEventKey = (aggregate: string, version: number): Uint8Array =>
  rawKey(`e/${aggregate}/${version.toString(16).padStart(digits, "0")}`);

/** Whether a raw key is among those of events. */
export const isOfEvents = (key: Uint8Array): boolean => key[0] === prefix[0] && key[1] === prefix[1] && key[2] === prefix[2];

/** Aggregate (`type/id`) and version of an event's raw key; undefined for any other key. */
export function parseEventKey(key: Uint8Array): { readonly aggregate: string; readonly version: number } | undefined {
  if (!isOfEvents(key)) return undefined;
  const [, aggregate, hex] = wholeKey.exec(viewOf(key).toString("utf8", 1)) ?? [];
  if (aggregate === undefined || hex === undefined) return undefined;
  const version = Number.parseInt(hex, 16);
  return Number.isSafeInteger(version) && version >= 1 ? { aggregate, version } : undefined;
}
