import canonicalize from "canonicalize";
import { asJson, NotJsonError, pathOf, RefPath, refOf, type Json, type NewEvent, type Ref, type Snapshot } from "@aethyr/kernel";
import { z } from "zod";
import { CorruptStoreError } from "./errors.ts";
import type { StoredEvent } from "./event-store.ts";

/** Anything: `asJson` checks it, with the path of what is wrong. */
const json = z.custom<Json>((value) => value !== undefined);
const version = z.int().min(1);
const time = z.iso.datetime({ offset: false });

/** What an event must be like to be stored; `data` is checked by `asJson`. */
export const StorableEvent = z.object({
  id: z.string().min(1),
  type: z.string().min(1),
  schema: version,
  machine: version,
  time,
  data: json,
  meta: z.object({
    command: z.string().min(1),
    actor: z.string().nullable(),
    correlation: z.string().min(1),
    causation: z.string().nullable(),
  }),
});

const Envelope = z.strictObject({
  ...StorableEvent.omit({ meta: true }).shape,
  ...StorableEvent.shape.meta.shape,
  stream: RefPath,
  version,
});

const SnapshotEnvelope = z.strictObject({
  stream: RefPath,
  version,
  time,
  machine: z.strictObject({ version, structure: z.string() }),
  state: z.strictObject({ status: z.enum(["active", "done"]), value: json, context: json }),
});

/**
 * The stored text of an event up to its version: canonical JSON (RFC 8785) of one flat object. `version` is the last of the sorted keys, so
 * that a writer who learns the version late only appends it (see `withVersion`). Throws `NotJsonError` for what JSON cannot carry.
 */
export function encodeUnversioned(stream: Ref, event: NewEvent): string {
  const { actor, causation, command, correlation } = event.meta;
  return (
    `{"actor":${actor === null ? "null" : quoted("actor", actor)},"causation":${causation === null ? "null" : quoted("causation", causation)}` +
    `,"command":${quoted("command", command)},"correlation":${quoted("correlation", correlation)},"data":${canonical(event.data)}` +
    `,"id":${quoted("id", event.id)},"machine":${event.machine},"schema":${event.schema},"stream":"${pathOf(stream)}"` +
    `,"time":${quoted("time", event.time)},"type":${quoted("type", event.type)},"version":`
  );
}

/** Completes what `encodeUnversioned` began. */
export const withVersion = (unversioned: string, of: number): string => `${unversioned}${of}}`;

/** The stored text of an event: canonical JSON of its envelope. Its position is not part of it. */
export const encodeEvent = (stream: Ref, of: number, event: NewEvent): string => withVersion(encodeUnversioned(stream, event), of);

/** The stored text of a snapshot: canonical JSON. Throws `NotJsonError` for what JSON cannot carry. */
export const encodeSnapshot = ({ stream, version: at, time: since, machine, state }: Snapshot): string =>
  `{"machine":{"structure":${quoted("structure", machine.structure)},"version":${machine.version}}` +
  `,"state":{"context":${canonical(state.context)},"status":"${state.status}","value":${canonical(state.value)}}` +
  `,"stream":"${pathOf(stream)}","time":${quoted("time", since)},"version":${at}}`;

/** Canonical JSON of a value. Throws `NotJsonError` for what JSON cannot carry unchanged. */
export const canonical = (value: Json): string => canonicalize(asJson(value)) as string;

/** Where a record was found; it must say the same of itself. */
export type Place = { readonly stream: string; readonly version: number };

/**
 * The event of a stored record: bytes, or text of which they are the UTF-8 form. Throws `CorruptStoreError`, naming stream and version, when
 * the record is not an event or belongs elsewhere.
 */
export function decodeEvent(record: string | Uint8Array, position: number, place?: Place): StoredEvent {
  const bytes = typeof record === "string" ? Buffer.from(record) : record;
  const {
    stream,
    version: at,
    actor,
    causation,
    command,
    correlation,
    ...rest
  } = parsed(Envelope, record, "event", place, ({ data }) => [data]);
  checkPlace("event", { stream, version: at }, place);
  return { ...rest, meta: { command, actor, correlation, causation }, stream: refOf(stream), version: at, position, bytes };
}

/** The snapshot of a stored record. Throws `CorruptStoreError`, naming stream and version, when it is none. */
export function decodeSnapshot(record: string | Uint8Array, place?: Place): Snapshot {
  const { stream, ...rest } = parsed(SnapshotEnvelope, record, "snapshot", place, ({ state }) => [state.value, state.context]);
  checkPlace("snapshot", { stream, version: rest.version }, place);
  return { ...rest, stream: refOf(stream) };
}

function parsed<T extends object>(
  schema: z.ZodType<T>,
  record: string | Uint8Array,
  what: string,
  place: Place | undefined,
  free: (value: T) => readonly Json[],
): T {
  try {
    const value = schema.parse(JSON.parse(typeof record === "string" ? record : utf8.decode(record)));
    // JSON text can say what a value cannot carry back: -0, 1e999, half a surrogate pair, `__proto__`.
    for (const part of free(value)) asJson(part);
    return value;
  } catch (cause) {
    throw new CorruptStoreError(`the stored ${what}${named(place)} cannot be read: ${reason(cause)}`, { ...place }, { cause });
  }
}

function checkPlace(what: string, found: Place, place: Place | undefined): void {
  if (place === undefined || (found.stream === place.stream && found.version === place.version)) return;
  throw new CorruptStoreError(`the ${what} stored as${named(place)} says that it is${named(found)}`, { ...place });
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const named = (place: Place | undefined): string => (place ? ` ${place.stream}@${place.version}` : "");

function reason(cause: unknown): string {
  if (cause instanceof z.ZodError) return z.prettifyError(cause).replaceAll("\n", " ");
  return cause instanceof Error ? cause.message : String(cause);
}

function quoted(name: string, text: string): string {
  if (!text.isWellFormed()) throw new NotJsonError(name, "a string with half a surrogate pair");
  return JSON.stringify(text);
}
