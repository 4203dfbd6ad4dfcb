import type { Json } from "./json.ts";
import type { Ref } from "./ref.ts";

/**
 * A saved state: a cache of history, never its replacement. It is used only by the machine that made it: version and structure hash
 * must agree, else it is discarded and the events are replayed.
 */
export type Snapshot = {
  readonly stream: Ref;
  readonly version: number;
  /** Time of the event at `version`; recorded time never goes back behind it. */
  readonly time: string;
  readonly machine: { readonly version: number; readonly structure: string };
  readonly state: { readonly status: "active" | "done"; readonly value: Json; readonly context: Json };
};
