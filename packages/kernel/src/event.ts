import type { Json } from "./json.ts";
import type { Ref } from "./ref.ts";

/** Who (actor), why (causation), which story (correlation), by which command an event came to be. */
export type EventMeta = {
  readonly command: string;
  readonly actor: string | null;
  readonly correlation: string;
  readonly causation: string | null;
};

/** An event that is ready to be appended. */
export type NewEvent = {
  /** Unique: `<command id>/<ordinal within the command>`, so that an ambiguous append can be recognised as one's own. */
  readonly id: string;
  readonly type: string;
  /** Version of the shape of `data`, from 1. */
  readonly schema: number;
  /** Version of the aggregate's machine that accepted the event. */
  readonly machine: number;
  /** ISO 8601 UTC; never earlier than the event before it in the same stream. */
  readonly time: string;
  readonly data: Json;
  readonly meta: EventMeta;
};

/** An event as history holds it. */
export type RecordedEvent = NewEvent & {
  readonly stream: Ref;
  /** Place in its stream; the first event is 1. */
  readonly version: number;
  /** Place in the whole log; grows with every event, with holes. */
  readonly position: number;
};
